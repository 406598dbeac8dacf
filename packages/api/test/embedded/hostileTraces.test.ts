import { readConfig } from "@onsale/core";
import { expect } from "chai";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { callApi } from "../support/callApi.ts";
import { type OtlpReceiver, startOtlpReceiver } from "../support/otlpReceiver.ts";
import { recordingLog } from "../support/recordingLog.ts";

/** Every sampler by ratio takes this id, because its number is small. */
const FORGED_ID = `${"0".repeat(31)}1`;
const FORGED = { traceparent: `00-${FORGED_ID}-b7ad6b7169203331-01` };

describe("traces, with callers and collectors that misbehave", () => {
  let receiver: OtlpReceiver;
  let server: RunningServer;

  beforeEach("starts a collector", async () => {
    receiver = await startOtlpReceiver();
  });

  afterEach("stops the server and the collector", async () => {
    await server.close();
    await receiver.close();
  });

  async function start(env: Record<string, string> = {}) {
    const base = { STACK: "embedded", PORT: "0", OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    server = await startServer(readConfig({ ...base, ...env }), { log: recordingLog() });
    return server.url;
  }
  const names = (): string[] => receiver.spans.map(({ name }) => name);

  it("take no forged id where the ratio decides alone", async () => {
    const env = { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.000001" };
    const url = await start(env);
    const answer = await callApi(url, "GET", "/api/v1/concerts", { headers: FORGED });
    await server.close();
    expect(answer.headers.get("traceparent")).to.equal(null);
    expect(receiver.spans.filter(({ traceId }) => traceId === FORGED_ID)).to.deep.equal([]);
  });

  it("have a span for a path without the prefix", async () => {
    const url = await start();
    await callApi(url, "GET", "/concerts");
    await server.close();
    expect(names()).to.include("GET /concerts");
  });

  for (const path of ["/health", "/api/v1/health/ready", "/metrics/"]) {
    it(`have no span for ${path}`, async () => {
      const url = await start();
      expect((await callApi(url, "GET", path)).status).to.equal(200);
      await server.close();
      expect(names().filter((name) => name.startsWith("GET"))).to.deep.equal([]);
    });
  }

  for (const traceparent of [`00-${"a".repeat(9_000)}-01`, "zz, ff", "00"]) {
    it(`answer a request with the traceparent ${traceparent.slice(0, 9)}`, async () => {
      const url = await start();
      const headers = { traceparent, tracestate: "a=b,".repeat(500) };
      const answer = await callApi(url, "GET", "/api/v1/concerts", { headers });
      expect(answer.status).to.equal(200);
      expect(answer.headers.get("traceparent")).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    });
  }

  for (const fault of ["silence", "trickle"] as const) {
    it(`hold no connection after the end, with a collector in ${fault}`, async () => {
      receiver[fault]();
      const url = await start();
      await callApi(url, "GET", "/api/v1/concerts");
      const startedMs = performance.now();
      await server.close();
      await receiver.untilDisconnected();
      expect(performance.now() - startedMs).to.be.below(4_000);
    });
  }
});
