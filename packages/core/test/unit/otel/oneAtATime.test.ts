import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect } from "chai";
import { exporterWithLog } from "../../../src/adapters/otel/exporterWithLog.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { recordingLog } from "../../support/recorders.ts";

describe("batches of spans", () => {
  it("are sent one at a time, also after one has failed", async () => {
    const underWay: ((result: ExportResult) => void)[] = [];
    let lost = 0;
    const exporter = exporterWithLog(
      { export: (_spans, done) => underWay.push(done), shutdown: async () => {} },
      {
        ...{ clock: systemClock, log: recordingLog(), onOverdue: () => {} },
        onLost: (spanCount) => {
          lost += spanCount;
        },
      },
    );
    const bounds = { maxQueueSize: 1, maxExportBatchSize: 1 };
    const provider = new TracerProvider({
      spanProcessors: [new BatchSpanProcessor({ ...bounds, exporter })],
    });
    const endOne = (): void => provider.getTracer("test").startSpan("one").end();
    endOne();
    endOne();
    underWay.shift()?.({ code: ExportResultCode.FAILED });
    await new Promise(setImmediate);
    expect([underWay.length, lost]).to.deep.equal([1, 1]);
    endOne();
    expect(underWay).to.have.length(1);
    while (underWay.length > 0) {
      underWay.shift()?.({ code: ExportResultCode.SUCCESS });
      await new Promise(setImmediate);
    }
    await provider.shutdown();
    expect(lost).to.equal(1);
  });
});
