import { expect } from "chai";
import { randomIntBetween } from "../lib/k6Utils.ts";

describe("randomIntBetween of k6's helper module", () => {
  it("gives whole numbers with both bounds", () => {
    const dice = Array.from({ length: 500 }, () => randomIntBetween(1, 6));
    expect([Math.min(...dice), Math.max(...dice)]).to.deep.equal([1, 6]);
  });

  it("gives 0 or 1 between 0.1 and 0.5, as the public formula does", () => {
    const pauses = Array.from({ length: 200 }, () => randomIntBetween(0.1, 0.5));
    expect(new Set(pauses)).to.deep.equal(new Set([0, 1]));
  });
});
