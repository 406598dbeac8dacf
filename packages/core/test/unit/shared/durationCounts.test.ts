import assert from "node:assert/strict";
import { expect } from "chai";
import fc from "fast-check";
import {
  addDurations,
  bucketOfDuration,
  countDurations,
  type DurationCounts,
  durationPercentileMs,
} from "../../../src/shared/durationCounts.ts";

const countsOf = (durations: readonly number[]): DurationCounts =>
  addDurations(durations.map((ms) => ({ [bucketOfDuration(ms)]: 1 })));

/** The percentile by nearest rank, from the durations themselves. */
function exactPercentile(durations: readonly number[], share: number): number {
  const sorted = durations.toSorted((a, b) => a - b);
  const found = sorted[Math.ceil(sorted.length * share) - 1];
  assert(found !== undefined, "there are durations");
  return found;
}

describe("counts of durations", () => {
  it("have no percentile without durations", () => {
    expect(durationPercentileMs({}, 0.95)).to.equal(undefined);
    expect(countDurations({})).to.equal(0);
  });

  it("put a bound that is a power of two at the end of its bucket", () => {
    for (const ms of [1, 2, 64, 256]) expect(durationPercentileMs(countsOf([ms]), 1)).to.equal(ms);
  });

  it("count a very long duration in the last bucket", () => {
    const hour = 3_600_000;
    expect(bucketOfDuration(hour)).to.equal(bucketOfDuration(2 * hour));
  });

  it("have the percentile of all durations together, at most 9 percent above it", () => {
    const durations = fc.array(fc.double({ min: 1, max: 60_000, noNaN: true }), { minLength: 1 });
    const share = fc.double({ min: 0.01, max: 1, noNaN: true });
    const property = fc.property(fc.array(durations, { minLength: 1 }), share, (parts, p) => {
      const all = parts.flat();
      const counts = addDurations(parts.map(countsOf));
      expect(countDurations(counts)).to.equal(all.length);
      const ratio = (durationPercentileMs(counts, p) ?? 0) / exactPercentile(all, p);
      expect(ratio).to.be.within(1 - 1e-9, 2 ** (1 / 8) + 1e-9);
    });
    fc.assert(property);
  });

  it("show a slow process among fast ones, where the highest percentile would mislead", () => {
    const fast = countsOf(Array<number>(980).fill(16));
    const slow = countsOf(Array<number>(20).fill(2048));
    expect(durationPercentileMs(slow, 0.95)).to.equal(2048);
    expect(durationPercentileMs(addDurations([fast, slow]), 0.95)).to.equal(16);
  });
});
