import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { expect } from "chai";
import { otelTracing } from "../../../src/adapters/otel/otelTracing.ts";
import { readConfig } from "../../../src/config/readConfig.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { recordingLog, recordingMetrics } from "../../support/recorders.ts";

const QUEUE_MAX = 2;

describe("the metric of lost spans", () => {
  let server: Server;

  afterEach("stops the collector", async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  /** Ends spans at once, and closes the traces. @param status of the collector's answers */
  async function lostOf(spanCount: number, status: number) {
    server = createServer((request, response) => {
      request.resume();
      request.once("end", () => response.writeHead(status).end("{}"));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("it listens on TCP");
    const { tracing: settings } = readConfig({ STACK: "embedded" });
    const url = `http://127.0.0.1:${address.port}/v1/traces`;
    const metrics = recordingMetrics();
    const tracing = otelTracing(
      { ...settings, url, queueMax: QUEUE_MAX },
      { serviceName: "test", processName: "test:1" },
      { clock: systemClock, log: recordingLog(), metrics },
    );
    for (let made = 0; made < spanCount; made += 1) {
      tracing.start({ name: "one", kind: "internal" })?.end();
    }
    await tracing.close();
    const lost = (reason: string) => metrics.counted("trace_spans_lost_total", { reason });
    return { queueFull: lost("queue_full"), exportFailed: lost("export_failed") };
  }

  // The first spans are in a batch on its way, the next ones in the queue.
  const TAKEN = 2 * QUEUE_MAX;

  it("counts nothing while the collector takes all spans", async () => {
    expect(await lostOf(TAKEN, 200)).to.deep.equal({ queueFull: 0, exportFailed: 0 });
  });

  it("counts spans that come while the queue is full", async () => {
    expect(await lostOf(TAKEN + 3, 200)).to.deep.equal({ queueFull: 3, exportFailed: 0 });
  });

  it("counts the spans of batches that the collector refuses", async () => {
    expect(await lostOf(TAKEN, 400)).to.deep.equal({ queueFull: 0, exportFailed: TAKEN });
  });
});
