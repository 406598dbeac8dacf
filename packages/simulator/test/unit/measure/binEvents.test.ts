import { expect } from "chai";
import { binEvents } from "../../../src/measure/binEvents.ts";

const NONE = { arrival: [], admission: [], hold: [], refusal: [], sale: [], end: [] };

describe("binEvents", () => {
  it("counts events in bins of a round width", () => {
    const { binMs, bins } = binEvents({ ...NONE, sale: [0, 99, 100, 650] }, 700);
    expect(binMs).to.equal(50);
    expect(bins.sale).to.deep.equal([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(bins.arrival).to.deep.equal(bins.hold);
  });

  it("counts events before the opening and at the very end", () => {
    const { bins } = binEvents({ ...NONE, admission: [-30, 700, 701] }, 700);
    expect(bins.admission[0]).to.equal(1);
    expect(bins.admission.at(-1)).to.equal(2);
  });

  it("never makes more columns than a chart can show", () => {
    for (const elapsedMs of [1, 8000, 61_000, 3_600_000]) {
      const { bins } = binEvents(NONE, elapsedMs);
      expect(bins.end.length).to.be.within(1, 120);
    }
  });
});
