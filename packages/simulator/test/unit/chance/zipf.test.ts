import { expect } from "chai";
import { randomStreams } from "../../../src/chance/seededRandom.ts";
import { zipf } from "../../../src/chance/zipf.ts";
import { scriptedRandom } from "../../support/scriptedRandom.ts";

const DRAWS = 30_000;

function countsOf(size: number, exponent: number): number[] {
  const law = zipf(size, exponent);
  const random = randomStreams(5)("test");
  const counts: number[] = Array.from({ length: size }, () => 0);
  for (let index = 0; index < DRAWS; index++) {
    const rank = law.rank(random);
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  return counts;
}

describe("zipf", () => {
  it("draws the first rank twice as often as the second at exponent 1", () => {
    const [first = 0, second = 0, third = 0] = countsOf(50, 1);
    expect(first / second).to.be.closeTo(2, 0.15);
    expect(first / third).to.be.closeTo(3, 0.25);
  });

  it("is uniform at exponent 0", () => {
    for (const count of countsOf(10, 0)) expect(count).to.be.closeTo(DRAWS / 10, DRAWS / 100);
  });

  it("reaches the first and the last rank, and no other rank", () => {
    const law = zipf(8, 1);
    expect(law.rank(scriptedRandom(0))).to.equal(0);
    expect(law.rank(scriptedRandom(0.999_999))).to.equal(7);
  });

  it("refuses an empty range", () => {
    expect(() => zipf(0, 1)).to.throw(RangeError);
  });
});
