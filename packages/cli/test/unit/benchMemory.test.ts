import { expect } from "chai";
import {
  drawMemoryBench,
  isFlatAndClean,
  type MemoryBenchResult,
} from "../../src/bench/runMemoryBench.ts";

const trend = {
  periods: [
    { untilMs: 30_000, rssMb: 430.4, heapMb: 52.4 },
    { untilMs: 60_000, rssMb: 460.6, heapMb: 54.1 },
  ],
  rssMbPerMinute: -1.25,
  heapMbPerMinute: 0.04,
  isFlat: true,
};

const result: MemoryBenchResult = {
  ...{ inFlight: 256, elapsedMs: 300_000, accepted: 9000, refused: 3, failed: 0, failedBy: {} },
  processes: [trend, { ...trend, rssMbPerMinute: 30, isFlat: false }],
  report: { holds: true, results: [] },
};

describe("drawMemoryBench", () => {
  it("shows the periods, the trend and the verdict of each process", () => {
    const drawn = drawMemoryBench(result);
    expect(drawn).to.include("256 in flight for 5 min 0 s: 9000 holds accepted, 3 refused");
    expect(drawn).to.match(/^30 s +430 +52 +430 +52$/m);
    expect(drawn).to.include(
      "API 1 after the first minute: RSS -1.3, heap +0.0 MiB a minute: flat",
    );
    expect(drawn).to.include("API 2 after the first minute: RSS +30.0, heap +0.0 MiB a minute: IT");
  });
});

describe("isFlatAndClean", () => {
  it("is false when the memory of one process grows, and true when none grows", () => {
    expect(isFlatAndClean(result)).to.equal(false);
    expect(isFlatAndClean({ ...result, processes: [trend] })).to.equal(true);
  });

  it("is false when a request failed or an invariant is broken", () => {
    const flat = { ...result, processes: [trend] };
    expect(isFlatAndClean({ ...flat, failed: 1 })).to.equal(false);
    expect(isFlatAndClean({ ...flat, report: { holds: false, results: [] } })).to.equal(false);
  });
});
