import { expect } from "chai";
import { chooseSeats } from "../../../src/actors/chooseSeats.ts";
import type { Zipf } from "../../../src/chance/zipf.ts";
import { scriptedRandom } from "../../support/scriptedRandom.ts";

const aimingAt = (rank: number): Zipf => ({ size: 100, rank: () => rank });
const random = scriptedRandom(0);
const same = (rank: number): number => rank;

describe("chooseSeats", () => {
  it("takes neighbours, starting at the wanted seat", () => {
    expect(chooseSeats([0, 1, 2, 3, 4], same, 2, aimingAt(1), random)).to.deep.equal([1, 2]);
  });

  it("takes the next free seats when the wanted seat is taken", () => {
    expect(chooseSeats([0, 7, 8, 20], same, 2, aimingAt(3), random)).to.deep.equal([7, 8]);
  });

  it("begins earlier near the end, so that the party stays together", () => {
    expect(chooseSeats([0, 1, 2, 3], same, 3, aimingAt(3), random)).to.deep.equal([1, 2, 3]);
    expect(chooseSeats([0, 1, 2, 3], same, 3, aimingAt(99), random)).to.deep.equal([1, 2, 3]);
  });

  it("takes fewer seats when fewer are left, and no seat when no seat is left", () => {
    expect(chooseSeats([5, 9], same, 4, aimingAt(0), random)).to.deep.equal([5, 9]);
    expect(chooseSeats([], same, 4, aimingAt(0), random)).to.deep.equal([]);
  });
});
