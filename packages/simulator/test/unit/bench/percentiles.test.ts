import { expect } from "chai";
import { percentilesOf } from "../../../src/bench/load/percentiles.ts";

describe("percentilesOf", () => {
  it("returns the mean, and values that were measured by nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentilesOf(hundred)).to.deep.equal({
      mean: 50.5,
      p50: 50,
      p95: 95,
      p99: 99,
      max: 100,
    });
    expect(percentilesOf([3, 1, 2])).to.deep.equal({ mean: 2, p50: 2, p95: 3, p99: 3, max: 3 });
    expect(percentilesOf([7])).to.deep.equal({ mean: 7, p50: 7, p95: 7, p99: 7, max: 7 });
  });

  it("returns undefined without values", () => {
    expect(percentilesOf([])).to.equal(undefined);
  });
});
