import { readConfig } from "@onsale/core";
import { expect } from "chai";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { admittedBuyer } from "../support/admittedBuyer.ts";
import { callApi } from "../support/callApi.ts";
import { eventually } from "../support/eventually.ts";
import {
  type OtlpReceiver,
  pathOf,
  type ReceivedSpan,
  startOtlpReceiver,
} from "../support/otlpReceiver.ts";
import { recordingLog } from "../support/recordingLog.ts";
import { makeSale, SEAT_PRICE } from "../support/sale.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const CALLER_SPAN = "b7ad6b7169203331";
const SAMPLED = { traceparent: `00-${TRACE_ID}-${CALLER_SPAN}-01` };
const NOT_SAMPLED = { traceparent: `00-${TRACE_ID}-${CALLER_SPAN}-00` };

const isHold = ({ name }: ReceivedSpan): boolean => name === "POST /api/v1/concerts/reserve-seat";

describe("traces", () => {
  let receiver: OtlpReceiver;
  const running: RunningServer[] = [];

  beforeEach("starts a collector", async () => {
    receiver = await startOtlpReceiver();
  });

  afterEach("stops the servers and the collector", async () => {
    for (const server of running.splice(0)) await server.close();
    await receiver.close();
  });

  async function start(env: Record<string, string> = {}) {
    const log = recordingLog();
    const base = { STACK: "embedded", PORT: "0", OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const server = await startServer(readConfig({ ...base, ...env }), { log });
    running.push(server);
    const { seatIds } = await makeSale(server.core, 40);
    return { server, log, seatIds, url: server.url };
  }

  const ownSpans = (): ReceivedSpan[] =>
    receiver.spans.filter(({ traceId }) => traceId === TRACE_ID);

  it("continue the caller's trace, and return the span of the request", async () => {
    const { server, url, seatIds } = await start();
    const buyer = await admittedBuyer(url, SEAT_PRICE);
    const answer = await buyer.tryHold(seatIds[0] ?? 0, SAMPLED);
    await server.close();
    const hold = ownSpans().find(isHold);
    expect(hold?.parentSpanId).to.equal(CALLER_SPAN);
    expect(answer.headers.get("traceparent")).to.equal(`00-${TRACE_ID}-${hold?.spanId}-01`);
    expect(hold?.facts).to.deep.equal({
      "onsale.request_id": answer.headers.get("x-request-id"),
      "http.request.method": "POST",
      "http.route": "/api/v1/concerts/reserve-seat",
      "http.response.status_code": 200,
    });
    expect(receiver.requests[0]?.path).to.equal("/v1/traces");
  });

  it("have ids of their own when the caller's header cannot be read", async () => {
    const { server, url } = await start();
    const answer = await callApi(url, "POST", "/api/v1/users", {
      json: { name: "Ada" },
      headers: { traceparent: `00-${"0".repeat(32)}-${CALLER_SPAN}-01` },
    });
    await server.close();
    const span = receiver.spans.find(({ name }) => name === "POST /api/v1/users");
    expect(answer.headers.get("traceparent")).to.include(span?.traceId);
    expect(span?.parentSpanId ?? "").to.equal("");
    expect(span?.traceId).to.match(/^(?!0{32})[\da-f]{32}$/);
  });

  it("put the id of the trace into the lines of the request in the log", async () => {
    const { url, log } = await start();
    await callApi(url, "GET", "/api/v1/queue/tokens/me", { headers: SAMPLED });
    await callApi(url, "GET", "/api/v1/queue/tokens/me", { headers: NOT_SAMPLED });
    const answered = log.lines.filter(({ fields }) => fields.event === "http.answered");
    expect(answered.map(({ fields }) => fields.trace_id)).to.deep.equal([TRACE_ID, undefined]);
  });

  it("leave out what the caller or the ratio does not sample", async () => {
    const { server, url, seatIds } = await start({ OTEL_TRACES_SAMPLER_ARG: "0" });
    const buyer = await admittedBuyer(url, SEAT_PRICE);
    const answer = await buyer.tryHold(seatIds[0] ?? 0, NOT_SAMPLED);
    await buyer.tryHold(seatIds[1] ?? 0);
    await buyer.tryHold(seatIds[2] ?? 0, SAMPLED);
    await server.close();
    expect(answer.headers.get("traceparent")).to.equal(null);
    expect(receiver.spans.filter(({ traceId }) => traceId !== TRACE_ID)).to.deep.equal([]);
    expect(ownSpans().filter(isHold)).to.have.length(1);
  });

  it("link the holds that share a transaction to the span of their group", async () => {
    const { server, url, seatIds } = await start();
    const buyers = await Promise.all(seatIds.map(() => admittedBuyer(url, SEAT_PRICE)));
    await Promise.all(buyers.map((buyer, at) => buyer.tryHold(seatIds[at] ?? 0)));
    await server.close();
    const group = receiver.spans.find(({ name, facts }) => {
      const isOfHolds = name === "group" && facts["onsale.group.kind"] === "hold";
      return isOfHolds && Number(facts["onsale.group.traced_members"]) > 1;
    });
    if (!group) throw new Error("no two holds shared a transaction");
    expect(pathOf(receiver.spans, group)).to.match(/^group < transaction hold < POST /);
    const inGroup = receiver.spans.filter(({ parentSpanId }) => parentSpanId === group.spanId);
    expect(inGroup.map(({ name }) => name)).to.include.members(["BEGIN", "seats.hold", "COMMIT"]);
    const members = receiver.spans.filter(({ name, links }) => {
      return name === "transaction hold" && links.some(({ spanId }) => spanId === group.spanId);
    });
    expect(members).to.have.length(Number(group.facts["onsale.group.traced_members"]));
    // The first member is the parent, so the group links to the others.
    const linked = [group.parentSpanId, ...group.links.map(({ spanId }) => spanId)];
    expect(linked).to.have.members(members.map(({ spanId }) => spanId));
  });

  it("do not mix the requests that share a transaction", async () => {
    const { server, url, seatIds } = await start();
    const buyers = await Promise.all(seatIds.map(() => admittedBuyer(url, SEAT_PRICE)));
    const headersOf = (at: number) => (at % 2 === 0 ? SAMPLED : NOT_SAMPLED);
    await Promise.all(buyers.map((buyer, at) => buyer.hold(seatIds[at] ?? 0, headersOf(at))));
    const isDelivery = ({ name }: ReceivedSpan): boolean => name === "deliver notification";
    const count = (kind: (span: ReceivedSpan) => boolean) => ownSpans().filter(kind).length;
    await receiver.until(() => count(isDelivery) >= seatIds.length / 2);
    await server.close();
    expect([count(isHold), count(isDelivery)]).to.deep.equal([20, 20]);
    const causes = ownSpans()
      .filter(isDelivery)
      .map((span) => pathOf(ownSpans(), span));
    for (const cause of causes) expect(cause).to.match(/ < transaction hold < POST \S+$/);
  });

  it("mark failures by their kind, and refusals as no failure", async () => {
    const { server, url, seatIds } = await start();
    const [one, two] = [await admittedBuyer(url, 1), await admittedBuyer(url, 1)];
    await one.hold(seatIds[0] ?? 0);
    const refused = await two.tryHold(seatIds[0] ?? 0, SAMPLED);
    expect(refused.code).to.equal("SEAT_ALREADY_HELD");
    await server.close();
    for (const name of ["transaction hold", "POST /api/v1/concerts/reserve-seat"]) {
      const span = ownSpans().find((each) => each.name === name);
      expect(span?.facts["error.type"], name).to.equal("SEAT_ALREADY_HELD");
      expect(span?.status.code, name).to.equal(0);
    }
  });

  it("contain no token, no id of a user and no body", async () => {
    const { server, url, seatIds } = await start();
    const buyer = await admittedBuyer(url, SEAT_PRICE);
    await buyer.pay(await buyer.hold(seatIds[0] ?? 0));
    await callApi(url, "GET", "/api/v1/users/me/reservations", { token: "x.y.z" });
    await receiver.until((spans) => spans.some(({ name }) => name === "deliver notification"));
    await server.close();
    const facts = receiver.spans.flatMap((span) => Object.entries(span.facts));
    expect([...new Set(facts.map(([name]) => name))]).to.have.members(KNOWN_ATTRIBUTES);
    const texts = facts.map(([, value]) => String(value)).join("\n");
    for (const token of buyer.tokens) expect(texts).to.not.include(token);
  });

  it("are sent once more before the process ends", async () => {
    const { server, url } = await start();
    await callApi(url, "POST", "/api/v1/users", { json: { name: "Ada" }, headers: SAMPLED });
    expect(ownSpans()).to.deep.equal([]);
    await server.close();
    expect(ownSpans().map(({ name }) => name)).to.include("POST /api/v1/users");
  });

  for (const [fault, breakReceiver] of [
    ["is down", () => receiver.close()],
    ["does not answer", async () => receiver.silence()],
  ] as const) {
    it(`do not disturb requests when the collector ${fault}, and are logged once`, async () => {
      await breakReceiver();
      const { server, url, log, seatIds } = await start({ OTEL_BSP_MAX_QUEUE_SIZE: "64" });
      const failures = () =>
        log.lines.filter(({ fields }) => fields.event === "tracing.export_failed");
      // Far more spans than the queue takes, in several batches.
      for (const seatId of seatIds.slice(0, 20)) {
        const buyer = await admittedBuyer(url, SEAT_PRICE);
        await buyer.pay(await buyer.hold(seatId));
      }
      await eventually("a failed export", async () => failures()[0]);
      const startedMs = performance.now();
      await server.close();
      expect(performance.now() - startedMs).to.be.below(4_000);
      expect(failures()).to.have.length(1);
    });
  }
});

const KNOWN_ATTRIBUTES = [
  "db.query.summary",
  "db.system.name",
  "error.type",
  "http.request.method",
  "http.response.status_code",
  "http.route",
  "messaging.consumer.group.name",
  "messaging.destination.name",
  "messaging.destination.partition.id",
  "messaging.message.id",
  "messaging.operation.name",
  "messaging.operation.type",
  "messaging.system",
  "onsale.request_id",
  "onsale.transaction.attempts",
];
