import { stripVTControlCharacters } from "node:util";
import type { JobReport, OperationPlan, PlannedJob } from "@onsale/core";
import { expect } from "chai";
import { drawPlan, drawReport } from "../../src/operation/drawOperation.ts";

const JOB_ID = "019a0e52-7c1f-7000-8000-000000000001";
const plan: OperationPlan = {
  ...{ facts: { mode: "open" }, count: 3, unit: "place", sample: [], notes: [] },
};
const AT = new Date("2026-11-28T10:00:00Z");

function planned(more: Partial<OperationPlan> = {}): PlannedJob {
  const job: PlannedJob["job"] = {
    ...{ id: JOB_ID, operation: "queue.drain", input: {}, inputHash: "a", plan: {} },
    ...{ planHash: "b".repeat(64), undoes: undefined, status: "PLANNED", checkpoint: undefined },
    ...{ changed: 0, plannedAt: AT, validUntil: AT, isValid: true, outcome: undefined },
  };
  return { job, plan: { ...plan, ...more }, confirmation: "main" };
}

describe("drawPlan", () => {
  it("names the thing that the operation changes", () => {
    const { job, ...rest } = planned();
    const stored = { ...job, plan: { ...plan, target: "queue:main" } };
    const drawn = stripVTControlCharacters(drawPlan({ ...rest, job: stored }));
    expect(drawn).to.match(/^Plan of queue\.drain queue:main: 3 places would change$/m);
  });

  it("asks for --execute only when the plan changes something", () => {
    expect(drawPlan(planned())).to.include("with --execute").and.include("--confirm=main");
    const nothing = drawPlan(planned({ count: 0 }));
    expect(nothing).to.include("would change nothing");
    expect(nothing).to.not.include("--execute");
    expect(nothing).to.not.include("--confirm");
    expect(drawPlan(planned({ count: 0, hasEffect: true }))).to.include("with --execute");
  });
});

describe("the facts of a plan", () => {
  it("have names in words, and none for a missing or empty value", () => {
    const facts = { concertsOfThisTitle: "", saleOpensAt: null, mode: "open" };
    const drawn = drawPlan(planned({ facts }));
    expect(drawn).to.match(/^concerts of this title +none$/m);
    expect(drawn).to.match(/^sale opens at +none$/m);
    expect(drawn).to.match(/^mode +open$/m);
  });
});

describe("drawReport", () => {
  it("ends a stopped job with the command that continues it", () => {
    const report: JobReport = {
      ...{ jobId: JOB_ID, status: "STOPPED", changed: 1, plan, verifications: [] },
      ...{ stopped: { reason: "timeout", detail: "not done after 8 s" }, isRepetition: false },
      auditId: 11,
    };
    const command = `onsale queue drain main --execute --job ${JOB_ID}`;
    const lines = drawReport(report, command).split("\n");
    expect(lines.at(-1)).to.equal(`Continue  ${command}`);
    expect(lines.filter((line) => line.startsWith("Stopped"))).to.have.length(1);
    expect(lines).to.include("Reason    not done after 8 s");
  });
});
