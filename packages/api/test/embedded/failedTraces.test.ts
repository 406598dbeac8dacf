import { once } from "node:events";
import { createServer } from "node:http";
import {
  DependencyUnavailableError,
  type OpenedCore,
  openCore,
  openTracing,
  readConfig,
} from "@onsale/core";
import { expect } from "chai";
import { createApp } from "../../src/createApp.ts";
import { callApi } from "../support/callApi.ts";
import {
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
} from "../support/otlpReceiver.ts";
import { recordingLog } from "../support/recordingLog.ts";

const UNSET = 0;
const ERROR = 2;

describe("the span of a request", () => {
  let receiver: OtlpReceiver;
  let opened: OpenedCore;

  beforeEach("starts a collector", async () => {
    receiver = await startOtlpReceiver();
  });

  afterEach("stops the collector", async () => {
    await opened.close();
    await receiver.close();
  });

  /** Sends one request to a core whose catalog fails. */
  async function spanOf(method: string, path: string, failure = new Error("a secret")) {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const config = readConfig({ STACK: "embedded", ...endpoint });
    const log = recordingLog();
    opened = await openCore(config, { log });
    const listConcerts = () => Promise.reject(failure);
    const core = { ...opened.core, catalog: { ...opened.core.catalog, listConcerts } };
    const tracing = await openTracing(config, { log, metrics: core.metrics, role: "api" });
    const server = createServer(createApp({ core, config, log, tracing }).callback());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("it listens on TCP");
    const url = `http://127.0.0.1:${address.port}`;
    const { status } = await callApi(url, method, path);
    server.close();
    await tracing?.close();
    const [span] = receiver.spans.filter(({ kind }) => kind === SERVER);
    if (!span) throw new Error("the request has a span");
    return { ...pick(span), answered: status };
  }

  const SERVER = 2;
  const pick = ({ name, facts, status: { code } }: ReceivedSpan) => {
    const { "onsale.request_id": _id, ...others } = facts;
    return { name, code, facts: others };
  };

  it("is marked as failed when the answer is 500", async () => {
    const { answered, code, facts } = await spanOf("GET", "/api/v1/concerts");
    expect([answered, code, facts["error.type"]]).to.deep.equal([500, ERROR, "INTERNAL_ERROR"]);
    expect(JSON.stringify(receiver.spans)).to.not.include("secret");
  });

  it("is marked as failed when the answer is 503", async () => {
    const failure = new DependencyUnavailableError("mysql", { cause: new Error("a secret") });
    const { answered, code, facts } = await spanOf("GET", "/api/v1/concerts", failure);
    expect([answered, code]).to.deep.equal([503, ERROR]);
    expect(facts["error.type"]).to.equal("DEPENDENCY_UNAVAILABLE");
  });

  it("has no route when no route has the path", async () => {
    expect(await spanOf("GET", "/api/v1/concerts/secret/seat")).to.deep.equal({
      ...{ name: "GET", code: UNSET, answered: 404 },
      facts: {
        "http.request.method": "GET",
        "http.response.status_code": 404,
        "error.type": "ROUTE_NOT_FOUND",
      },
    });
  });

  it("names no method that is not one of the known ones", async () => {
    const { name, facts } = await spanOf("PROPFIND", "/api/v1/concerts");
    expect(name).to.equal("HTTP");
    expect(facts["http.request.method"]).to.equal("_OTHER");
  });
});
