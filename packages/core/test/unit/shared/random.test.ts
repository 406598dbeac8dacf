import { expect } from "chai";
import fc from "fast-check";
import { backoffMs, jittered, systemRandom } from "../../../src/shared/random.ts";

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("jittered", () => {
  it("stays within its spread around the value", () => {
    fc.assert(
      fc.property(share, fc.integer({ min: 1, max: 1_000_000 }), (chance, value) => {
        const answer = jittered({ next: () => chance }, value, 0.2);
        expect(answer).to.be.within(value * 0.8, value * 1.2);
      }),
    );
  });

  it("reaches both ends of the spread and the value itself", () => {
    expect(jittered({ next: () => 0 }, 100, 0.2)).to.equal(80);
    expect(jittered({ next: () => 0.5 }, 100, 0.2)).to.equal(100);
  });
});

describe("backoffMs", () => {
  it("doubles the bound of the pause with every attempt, up to the ceiling", () => {
    const random = { next: () => 0.5 };
    const bounds = [1, 2, 3, 4, 5].map((attempt) => backoffMs(random, attempt, 10, 100) * 2);
    expect(bounds).to.deep.equal([10, 20, 40, 80, 100]);
  });

  it("returns a pause between zero and the ceiling, for any attempt", () => {
    fc.assert(
      fc.property(share, fc.integer({ min: 1, max: 5_000 }), (chance, attempt) => {
        const ms = backoffMs({ next: () => chance }, attempt, 4, 100);
        expect(ms).to.be.within(0, 100);
      }),
    );
  });
});

describe("the machine's random numbers", () => {
  it("are in [0, 1)", () => {
    for (let draw = 0; draw < 100; draw += 1) expect(systemRandom.next()).to.be.within(0, 1);
  });
});
