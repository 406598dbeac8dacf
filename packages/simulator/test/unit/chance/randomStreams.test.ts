import { expect } from "chai";
import { below, between, randomStreams } from "../../../src/chance/seededRandom.ts";
import { scriptedRandom } from "../../support/scriptedRandom.ts";

const draws = (seed: number, name: string, count: number): number[] => {
  const random = randomStreams(seed)(name);
  return Array.from({ length: count }, () => random.next());
};

/** Pearson's statistic of how evenly the numbers fall into bins of one size. */
function chiSquare(numbers: readonly number[], bins: number): number {
  const counts = new Array<number>(bins).fill(0);
  for (const number of numbers) {
    const bin = Math.floor(number * bins);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const expected = numbers.length / bins;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** A fair generator exceeds this once in a million times, with 9 degrees of freedom. */
const CHI_SQUARE_MAX = 44.8;

describe("randomStreams", () => {
  it("repeat the numbers of one seed and name", () => {
    expect(draws(7, "api-1", 100)).to.deep.equal(draws(7, "api-1", 100));
  });

  it("have other numbers for another name and for another seed", () => {
    const all = [draws(7, "api-1", 50), draws(7, "api-2", 50), draws(8, "api-1", 50)].flat();
    expect(new Set(all).size).to.equal(150);
  });

  it("start with unrelated numbers for similar names and seeds", () => {
    const byName = Array.from({ length: 5_000 }, (_unused, at) => draws(1, `buyer-${at}`, 1));
    const bySeed = Array.from({ length: 5_000 }, (_unused, seed) => draws(seed, "profile", 1));
    for (const firsts of [byName.flat(), bySeed.flat()]) {
      expect(new Set(firsts).size).to.be.greaterThan(4_990);
      expect(chiSquare(firsts, 10)).to.be.lessThan(CHI_SQUARE_MAX);
    }
  });

  it("spread numbers and pairs of numbers evenly over [0, 1)", () => {
    const numbers = draws(3, "choices 0", 100_000);
    expect(Math.min(...numbers.slice(0, 10_000))).to.be.at.least(0);
    expect(numbers.every((number) => number < 1)).to.equal(true);
    expect(chiSquare(numbers, 10)).to.be.lessThan(CHI_SQUARE_MAX);
    const afterSmall = numbers.filter((_number, at) => (numbers[at - 1] ?? 1) < 0.1);
    expect(chiSquare(afterSmall, 10)).to.be.lessThan(CHI_SQUARE_MAX);
  });

  it("do not correlate with the stream of the next seed", () => {
    const [one, other] = [draws(100, "faults", 20_000), draws(101, "faults", 20_000)];
    const products = one.map((number, at) => (number - 0.5) * ((other[at] ?? 0.5) - 0.5));
    const correlation = (12 * products.reduce((sum, each) => sum + each, 0)) / products.length;
    // Five standard deviations of what independent streams show.
    expect(Math.abs(correlation)).to.be.lessThan(5 / Math.sqrt(products.length));
  });
});

describe("the random numbers of `below` and `between`", () => {
  it("reach from the lower bound to just below the upper bound", () => {
    const almostOne = 1 - 2 ** -32;
    expect(below(scriptedRandom(0), 6)).to.equal(0);
    expect(below(scriptedRandom(almostOne), 6)).to.equal(5);
    expect(between(scriptedRandom(0), -3, 5)).to.equal(-3);
    expect(between(scriptedRandom(0.5), -3, 5)).to.equal(1);
    expect(between(scriptedRandom(almostOne), -3, 5)).to.be.lessThan(5);
  });
});
