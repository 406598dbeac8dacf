import { expect } from "chai";
import { chance, exponential, randomStreams, weighted } from "../../../src/chance/seededRandom.ts";
import { scriptedRandom } from "../../support/scriptedRandom.ts";

const DRAWS = 20_000;

describe("distributions of random numbers", () => {
  it("chance returns true with the given probability", () => {
    expect(chance(scriptedRandom(0.29), 0.3)).to.equal(true);
    expect(chance(scriptedRandom(0.3), 0.3)).to.equal(false);
  });

  it("exponential has the given mean", () => {
    const random = randomStreams(11)("test");
    let sum = 0;
    for (let index = 0; index < DRAWS; index++) sum += exponential(random, 80);
    expect(sum / DRAWS).to.be.closeTo(80, 3);
  });

  it("weighted chooses by share, and never a key with share zero", () => {
    const shares = new Map([
      ["none", 0],
      ["rare", 1],
      ["common", 3],
    ]);
    expect(weighted(scriptedRandom(0), shares)).to.equal("rare");
    expect(weighted(scriptedRandom(0.26), shares)).to.equal("common");
    expect(weighted(scriptedRandom(0.999), shares)).to.equal("common");
    expect(() => weighted(scriptedRandom(0), new Map())).to.throw(RangeError);
  });
});
