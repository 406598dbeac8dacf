import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { expect } from "chai";
import { otelTracing } from "../../../src/adapters/otel/otelTracing.ts";
import { readConfig } from "../../../src/config/readConfig.ts";
import { type Clock, systemClock } from "../../../src/shared/clock.ts";
import { recordingLog, recordingMetrics } from "../../support/recorders.ts";

/** The part of an answer that never ends. */
type Beginning = (response: ServerResponse) => void;

describe("a batch of spans whose answer never ends", () => {
  let server: Server;

  afterEach("stops the collector", async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  /** Sends one span, and ends the time for its batch as soon as the collector has it. */
  async function sendOne(begin: Beginning) {
    const { promise: disconnected, resolve: noteEnd } = Promise.withResolvers<void>();
    const { promise: received, resolve: noteArrival } = Promise.withResolvers<void>();
    server = createServer((request, response) => {
      request.resume();
      request.once("end", () => {
        begin(response);
        noteArrival();
      });
      request.socket.once("close", noteEnd);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("it listens on TCP");
    const { tracing: settings } = readConfig({ STACK: "embedded" });
    const clock: Clock = { ...systemClock, sleep: () => received };
    const metrics = recordingMetrics();
    const log = recordingLog();
    const url = `http://127.0.0.1:${address.port}/v1/traces`;
    const described = { serviceName: "test", processName: "test:1" };
    const tracing = otelTracing({ ...settings, queueMax: 1, url }, described, {
      ...{ clock, log, metrics },
    });
    // The queue has one place, so the span is sent at once.
    tracing.start({ name: "one", kind: "internal" })?.end();
    await disconnected;
    await tracing.close();
    return { lost: metrics.counted("trace_spans_lost_total"), lines: log.lines };
  }

  it("loses its connection and is counted when no answer begins", async () => {
    const { lost, lines } = await sendOne(() => {});
    expect(lost).to.equal(1);
    const [failed] = lines.filter(({ fields }) => fields.event === "tracing.export_failed");
    expect(failed?.fields.reason).to.equal("No whole answer within 3000 ms");
  });

  it("loses its connection when the answer arrives in drops", async () => {
    const { lost } = await sendOne((response) => response.writeHead(200).write("{"));
    expect(lost).to.equal(1);
  });
});
