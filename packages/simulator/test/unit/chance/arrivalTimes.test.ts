import { expect } from "chai";
import { arrivalTimes } from "../../../src/arrivals/arrivalTimes.ts";
import { randomStreams } from "../../../src/chance/seededRandom.ts";

const SECOND = 1000;

describe("arrivalTimes", () => {
  it("returns the same time for all buyers of a burst", () => {
    const times = arrivalTimes("burst", 100, 5 * SECOND, randomStreams(1)("test"));
    expect(times).to.have.length(100);
    expect(new Set(times)).to.deep.equal(new Set([0]));
  });

  it("spaces the times of a step evenly", () => {
    expect(arrivalTimes("step", 4, 2 * SECOND, randomStreams(1)("test"))).to.deep.equal([
      0, 500, 1000, 1500,
    ]);
  });

  it("puts a quarter of a ramp into its first half", () => {
    const times = arrivalTimes("ramp", 1000, 10 * SECOND, randomStreams(1)("test"));
    expect(times.filter((atMs) => atMs < 5 * SECOND)).to.have.length(250);
    expect(times.at(-1)).to.be.below(10 * SECOND);
  });

  it("draws Poisson gaps whose mean and deviation are about equal", () => {
    const times = arrivalTimes("poisson", 20_000, 20_000 * 10, randomStreams(9)("test"));
    const gaps = times.map((atMs, index) => atMs - (times[index - 1] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(mean).to.be.closeTo(10, 0.3);
    expect(Math.sqrt(variance)).to.be.closeTo(10, 0.5);
    expect(Math.min(...gaps)).to.be.at.least(0);
  });

  it("returns the same times for the same seed", () => {
    const once = arrivalTimes("poisson", 50, SECOND, randomStreams(4)("test"));
    expect(arrivalTimes("poisson", 50, SECOND, randomStreams(4)("test"))).to.deep.equal(once);
  });
});
