import { expect } from "chai";
import { durationMs } from "../../src/operation/durationMs.ts";

describe("durationMs", () => {
  it("reads seconds, minutes and hours", () => {
    expect(["90s", "10min", "1.5h"].map(durationMs)).to.deep.equal([90_000, 600_000, 5_400_000]);
  });

  for (const text of ["", "90", "0s", "-1s", "1 day", "10m"]) {
    it(`refuses "${text}" as a usage error`, () => {
      expect(() => durationMs(text))
        .to.throw("A duration is a number")
        .with.property("exitCode", 2);
    });
  }
});
