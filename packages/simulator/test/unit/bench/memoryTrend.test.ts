import { expect } from "chai";
import { type MemorySample, memoryTrend } from "../../../src/bench/memory/memoryTrend.ts";

/** Two samples a second for the given time. */
function samplesOf(
  seconds: number,
  at: (second: number) => Omit<MemorySample, "atMs">,
): MemorySample[] {
  return Array.from({ length: 2 * seconds }, (_, index) => ({
    atMs: index * 500,
    ...at(index / 2),
  }));
}

describe("memoryTrend", () => {
  it("takes the smallest heap and the largest resident memory of each complete period", () => {
    const samples = samplesOf(100, (second) => ({ rssMb: 200 + second, heapMb: 100 - second }));
    expect(memoryTrend(samples).periods).to.deep.equal([
      { untilMs: 30_000, rssMb: 229.5, heapMb: 70.5 },
      { untilMs: 60_000, rssMb: 259.5, heapMb: 40.5 },
      { untilMs: 90_000, rssMb: 289.5, heapMb: 10.5 },
    ]);
  });

  it("is flat when the memory grows in the first minute only, and garbage comes and goes", () => {
    const samples = samplesOf(301, (second) => ({
      rssMb: 200 + Math.min(second, 60),
      heapMb: 60 + Math.min(second, 60) + 40 * (second % 7),
    }));
    const { isFlat, rssMbPerMinute, heapMbPerMinute } = memoryTrend(samples);
    expect(isFlat).to.equal(true);
    expect(rssMbPerMinute).to.be.closeTo(0, 0.1);
    expect(heapMbPerMinute).to.be.closeTo(0, 3);
  });

  it("is flat when one period has no full collection", () => {
    const samples = samplesOf(301, (second) => ({
      rssMb: 460,
      heapMb: second >= 210 && second < 240 ? 89 : 54,
    }));
    expect(memoryTrend(samples)).to.include({ isFlat: true, heapMbPerMinute: 0 });
  });

  it("is not flat when the heap grows by a tenth after the first minute", () => {
    const samples = samplesOf(301, (second) => ({ rssMb: 300, heapMb: 100 + second / 12 }));
    const { isFlat, heapMbPerMinute } = memoryTrend(samples);
    expect(heapMbPerMinute).to.be.closeTo(5, 0.01);
    expect(isFlat).to.equal(false);
  });

  it("is not flat when the load was too short to show it", () => {
    const samples = samplesOf(80, () => ({ rssMb: 300, heapMb: 100 }));
    expect(memoryTrend(samples).isFlat).to.equal(false);
  });
});
