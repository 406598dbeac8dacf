import { expect } from "chai";
import { latency } from "../../../src/measure/latency.ts";

describe("a histogram of latencies", () => {
  it("returns percentiles of 1 to 1,000 ms with three digits", () => {
    const record = latency();
    for (let ms = 1; ms <= 1000; ms++) record.record(ms);
    const { count, p50Ms, p95Ms, p99Ms, maxMs, meanMs } = record.summary();
    expect(count).to.equal(1000);
    expect(p50Ms).to.be.closeTo(500, 1);
    expect(p95Ms).to.be.closeTo(950, 1);
    expect(p99Ms).to.be.closeTo(990, 1);
    expect(maxMs).to.be.closeTo(1000, 1);
    expect(meanMs).to.be.closeTo(500.5, 1);
  });

  it("separates tenths of a millisecond", () => {
    const record = latency();
    record.record(0.2);
    record.record(0.4);
    expect(record.summary().p50Ms).to.be.closeTo(0.2, 0.01);
    expect(record.summary().maxMs).to.be.closeTo(0.4, 0.01);
  });

  it("returns zeros while it is empty", () => {
    expect(new Set(Object.values(latency().summary()))).to.deep.equal(new Set([0]));
  });

  it("counts a duration above its range as the longest in its range", () => {
    const record = latency();
    record.record(3_600_000);
    expect(record.summary().maxMs).to.be.closeTo(600_000, 500);
  });

  it("reports no percentile above the longest duration", () => {
    const record = latency();
    for (const ms of [700.004, 728.301, 728.977]) record.record(ms);
    const { maxMs, p999Ms, p50Ms } = record.summary();
    expect(maxMs).to.be.at.least(p999Ms);
    expect(p50Ms).to.be.at.most(maxMs);
  });
});
