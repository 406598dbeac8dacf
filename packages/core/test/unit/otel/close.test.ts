import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { expect } from "chai";
import { otelTracing } from "../../../src/adapters/otel/otelTracing.ts";
import { readConfig } from "../../../src/config/readConfig.ts";
import type { Logger } from "../../../src/ports/observability.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { recordingMetrics } from "../../support/recorders.ts";

const FLUSH_MS = 2_000;

describe("the end of the traces of a process", () => {
  let server: Server;
  let reasons: unknown[];
  let limit: AbortSignal | undefined;

  afterEach("stops the collector", async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  /** Closes traces with one span. @param isLate true when the time limit is over at once */
  async function closeTraces(status: number | undefined, isLate: boolean): Promise<void> {
    server = createServer((_request, response) => {
      if (status !== undefined) response.writeHead(status).end("{}");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("it listens on TCP");
    reasons = [];
    const log: Logger = {
      ...{ debug: () => {}, info: () => {}, error: () => {} },
      warn: ({ event, reason }: Readonly<Record<string, unknown>>) => reasons.push([event, reason]),
    };
    const clock = {
      ...systemClock,
      sleep(ms: number, signal?: AbortSignal) {
        if (ms !== FLUSH_MS) return systemClock.sleep(ms, signal);
        limit = signal;
        return isLate ? Promise.resolve() : systemClock.sleep(ms, signal);
      },
    };
    const { tracing: settings } = readConfig({ STACK: "embedded" });
    const url = `http://127.0.0.1:${address.port}/v1/traces`;
    const described = { serviceName: "test", processName: "test:1" };
    const metrics = recordingMetrics();
    const tracing = otelTracing({ ...settings, url }, described, { clock, log, metrics });
    tracing.start({ name: "one", kind: "internal" })?.end();
    await tracing.close();
  }

  it("leaves no timer when the spans were sent", async () => {
    await closeTraces(200, false);
    expect([limit?.aborted, reasons]).to.deep.equal([true, []]);
  });

  it("logs that spans are lost when the collector refuses them", async () => {
    await closeTraces(400, false);
    expect(reasons).to.deep.equal([
      ["tracing.export_failed", "Bad Request"],
      ["tracing.close_failed", "spans that were not taken: 1"],
    ]);
  });

  it("logs that spans are lost when the collector is too slow", async () => {
    await closeTraces(undefined, true);
    expect(reasons).to.deep.equal([["tracing.close_failed", `not sent within ${FLUSH_MS} ms`]]);
  });
});
