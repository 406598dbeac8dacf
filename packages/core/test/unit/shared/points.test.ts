import { expect } from "chai";
import { InvalidInputError } from "../../../src/shared/errors.ts";
import { AMOUNT_MAX, POINTS_MAX, requireAmount, requirePrice } from "../../../src/shared/points.ts";

describe("an amount of points", () => {
  it("is a whole number from 1 to a billion", () => {
    for (const amount of [1, 2, 999, AMOUNT_MAX]) expect(requireAmount(amount)).to.equal(amount);
  });

  const refused = {
    zero: 0,
    "a negative number": -1,
    "a fraction": 1.5,
    "one above the largest": AMOUNT_MAX + 1,
    "2^53": 2 ** 53,
    infinity: Number.POSITIVE_INFINITY,
    "not a number": Number.NaN,
  };
  for (const [name, amount] of Object.entries(refused)) {
    it(`is not ${name}`, () => {
      expect(() => requireAmount(amount)).to.throw(InvalidInputError, "whole number");
    });
  }

  it("may be 0 as a price, and never below", () => {
    for (const price of [0, 1, AMOUNT_MAX]) expect(requirePrice(price)).to.equal(price);
    for (const price of [-1, 0.5, AMOUNT_MAX + 1, Number.NaN]) {
      expect(() => requirePrice(price)).to.throw(InvalidInputError, "from 0 to");
    }
  });

  it("is small enough that a million charges fit into the largest balance", () => {
    expect(AMOUNT_MAX * 1_000_000).to.be.below(POINTS_MAX);
    expect(POINTS_MAX - 1).to.not.equal(POINTS_MAX);
  });
});
