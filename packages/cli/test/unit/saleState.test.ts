import { expect } from "chai";
import { saleState } from "../../src/concert/saleState.ts";

const at = (ms: number): Date => new Date(ms);

describe("the state of a sale", () => {
  for (const [state, performance] of [
    ["open", { startsAt: at(2_000) }],
    ["open", { startsAt: at(2_000), saleOpensAt: at(1_000), saleClosesAt: at(1_001) }],
    ["ahead", { startsAt: at(2_000), saleOpensAt: at(1_001) }],
    ["closed", { startsAt: at(2_000), saleClosesAt: at(1_000) }],
    ["begun", { startsAt: at(1_000) }],
    ["begun", { startsAt: at(1_000), saleOpensAt: at(2_000) }],
  ] as const) {
    it(`is ${state} at 1 s with ${JSON.stringify(performance)}`, () => {
      expect(saleState(performance, 1_000)).to.equal(state);
    });
  }
});
