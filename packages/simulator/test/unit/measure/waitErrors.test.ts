import { expect } from "chai";
import { waitErrorsOf } from "../../../src/measure/waitErrors.ts";

describe("the errors of estimated waiting times", () => {
  it("are the percentiles of the differences, as times and as shares", () => {
    const waits = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((seconds) => ({
      estimatedMs: seconds * 1_100,
      realMs: seconds * 1_000,
    }));
    const errors = waitErrorsOf(waits);
    expect(errors).to.include({ count: 10, p50Ms: 5_000, p90Ms: 9_000, withinGoal: 1 });
    expect(errors.p50Share).to.be.closeTo(0.1, 1e-9);
    expect(errors.p90Share).to.be.closeTo(0.1, 1e-9);
  });

  it("count times that were too short like times that were too long", () => {
    const errors = waitErrorsOf([{ estimatedMs: 10_000, realMs: 50_000 }]);
    expect(errors).to.include({ p50Ms: 40_000, p90Ms: 40_000, p90Share: 0.8, withinGoal: 0 });
  });

  it("allow 15 % of a long wait, and 10 s of a short one", () => {
    const errors = waitErrorsOf([
      { estimatedMs: 11_000, realMs: 1_000 },
      { estimatedMs: 115_000, realMs: 100_000 },
      { estimatedMs: 116_000, realMs: 100_000 },
      { estimatedMs: 12_000, realMs: 1_000 },
    ]);
    expect(errors.withinGoal).to.equal(0.5);
  });

  it("count a real time as a second at least", () => {
    expect(waitErrorsOf([{ estimatedMs: 1_000, realMs: 0 }])).to.include({ p50Share: 1 });
  });

  it("are 0 without a wait", () => {
    expect(waitErrorsOf([])).to.deep.include({ count: 0, p90Ms: 0, withinGoal: 0 });
  });
});
