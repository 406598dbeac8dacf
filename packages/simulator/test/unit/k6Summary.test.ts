import { expect } from "chai";
import { measuredByK6 } from "../../src/study/load/k6Summary.ts";

const LIMITS = { p95Ms: 1000, failedShareMax: 0.01 };

describe("the summary of k6", () => {
  it("ends a stage with the run, when all users were through before its time", () => {
    const { stages, perSecond } = measuredByK6({
      name: "rush",
      stages: [
        { seconds: 10, users: 50 },
        { seconds: 120, users: 100 },
        { seconds: 30, users: 0 },
      ],
      steps: [],
      limits: LIMITS,
      metrics: { http_reqs: { values: { count: 700 } } },
      tookMs: 14_000,
    });
    expect(stages.map(({ seconds }) => seconds)).to.deep.equal([10, 4, 0]);
    expect(perSecond).to.equal(50);
  });

  it("counts the failed requests by their reason, without reasons that did not occur", () => {
    const { failedBy } = measuredByK6({
      ...{ name: "pointsRead", steps: ["balance"], stages: [], limits: LIMITS, tookMs: 31_000 },
      metrics: {
        "failures{step:balance}": { values: { count: 12 } },
        "failures{reason:503}": { values: { count: 9 } },
        "failures{reason:no answer}": { values: { count: 3 } },
        "failures{reason:429}": { values: { count: 0 } },
      },
    });
    expect(failedBy).to.deep.equal({ "503": 9, "no answer": 3 });
  });

  it("keeps the length of stages that ended in time", () => {
    const { stages } = measuredByK6({
      ...{ name: "pointsRead", steps: [], limits: LIMITS, metrics: {}, tookMs: 31_000 },
      stages: [{ seconds: 30, users: 5 }],
    });
    expect(stages[0]?.seconds).to.equal(30);
  });
});
