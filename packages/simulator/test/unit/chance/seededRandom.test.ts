import { expect } from "chai";
import { chance, exponential, seededStreams, weighted } from "../../../src/chance/seededRandom.ts";
import { scriptedRandom } from "../../support/scriptedRandom.ts";

const DRAWS = 20_000;

function drawsOf(seed: number, count = 5): number[] {
  const random = seededStreams(seed)();
  return Array.from({ length: count }, () => random.next());
}

describe("seededStreams", () => {
  it("repeats a seed exactly", () => {
    expect(drawsOf(7)).to.deep.equal(drawsOf(7));
    expect(drawsOf(7)).not.to.deep.equal(drawsOf(8));
  });

  it("gives each stream numbers of its own, whatever the others draw", () => {
    const streams = seededStreams(7);
    const [first, second] = [streams(), streams()];
    for (let index = 0; index < 100; index++) first.next();
    const again = seededStreams(7);
    again();
    expect(second.next()).to.equal(again().next());
  });

  it("is not led by small seeds to small or large first numbers", () => {
    const firsts = Array.from({ length: 500 }, (_, seed) => drawsOf(seed, 1)[0] ?? 0);
    const mean = firsts.reduce((sum, first) => sum + first, 0) / firsts.length;
    expect(mean).to.be.closeTo(0.5, 0.05);
    expect(firsts.filter((first) => first < 0.1 || first > 0.9).length).to.be.within(70, 130);
  });

  it("stays within [0, 1) around one half", () => {
    const draws = drawsOf(3, DRAWS);
    expect(Math.min(...draws)).to.be.at.least(0);
    expect(Math.max(...draws)).to.be.below(1);
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / DRAWS;
    expect(mean).to.be.closeTo(0.5, 0.01);
  });
});

describe("distributions", () => {
  it("chance compares with the probability", () => {
    expect(chance(scriptedRandom(0.29), 0.3)).to.equal(true);
    expect(chance(scriptedRandom(0.3), 0.3)).to.equal(false);
  });

  it("exponential has the mean it was asked for", () => {
    const random = seededStreams(11)();
    let sum = 0;
    for (let index = 0; index < DRAWS; index++) sum += exponential(random, 80);
    expect(sum / DRAWS).to.be.closeTo(80, 3);
  });

  it("weighted chooses by share and never what has none", () => {
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
