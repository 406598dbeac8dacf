import type { JobReport, RunProgress } from "@onsale/core";
import { expect } from "chai";
import sinon from "sinon";
import { operationSteps } from "../../src/operation/operationSteps.ts";
import { type RecordedSteps, recordedSteps } from "../support/recordedSteps.ts";

const JOB = "019a0e52-7c1f-7000-8000-000000000001";
const report = (parts: Partial<JobReport>): JobReport => ({
  ...{ jobId: JOB, status: "DONE", changed: 6, verifications: [], stopped: undefined },
  ...{ isRepetition: false, auditId: 1 },
  plan: { facts: {}, count: 6, unit: "entry", sample: [], notes: [] },
  ...parts,
});

describe("operationSteps", () => {
  let clock: sinon.SinonFakeTimers;
  let shown: RecordedSteps;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ["performance"] });
    shown = recordedSteps();
  });
  afterEach(() => clock.restore());
  const progress = (changed: number, parts: Partial<RunProgress> = {}): RunProgress => ({
    ...{ jobId: JOB, stage: "changing", isContinued: false, changed, count: 6, unit: "entry" },
    ...parts,
  });

  it("shows the plan, the changes and the verification of a run", async () => {
    const steps = operationSteps(shown.open);
    steps.onProgress(progress(0));
    steps.onProgress(progress(6));
    steps.onProgress(progress(6, { stage: "verifying" }));
    const verifications = [{ claim: "it is so", holds: true, read: "so" }];
    steps.ended(report({ verifications }));
    await steps.close();
    expect(shown.lines).to.deep.equal([
      "open plan change verify",
      "begin plan",
      `done job ${JOB}, its facts are as planned`,
      "begin change",
      "progress 0 of 6 entries",
      "progress 6 of 6 entries",
      "done 6 of 6 entries",
      "begin verify",
      "done 1 claim read back",
      "close",
    ]);
  });

  it("estimates the end only from changes of this run and after two seconds", () => {
    const steps = operationSteps(shown.open);
    steps.onProgress(progress(2, { isContinued: true }));
    clock.tick(1_000);
    steps.onProgress(progress(3));
    clock.tick(1_000);
    steps.onProgress(progress(4));
    clock.tick(1_000);
    steps.onProgress(progress(6));
    expect(shown.lines).to.include.members([
      `done job ${JOB} continues after 2 of 6 entries`,
      "progress 3 of 6 entries",
      "progress 4 of 6 entries, about 2 s to go",
      "progress 6 of 6 entries",
    ]);
  });

  it("shows why a run stopped, and which reading is not true", () => {
    const stopped = operationSteps(shown.open);
    stopped.onProgress(progress(3));
    const stop = { reason: "max", detail: "3 changed in this run" } as const;
    stopped.ended(report({ status: "STOPPED", stopped: stop }));
    expect(shown.lines.at(-1)).to.equal("stopped 3 of 6 entries; 3 changed in this run");
    const failed = operationSteps(shown.open);
    failed.onProgress(progress(6));
    failed.onProgress(progress(6, { stage: "verifying" }));
    const verifications = [{ claim: "it is so", holds: false, read: "not so" }];
    failed.ended(report({ status: "FAILED", verifications }));
    expect(shown.lines.at(-1)).to.equal("failed not true: it is so; read: not so");
  });

  it("opens no display for a job that had ended, or for a refusal", async () => {
    const steps = operationSteps(shown.open);
    steps.ended(report({ isRepetition: true }));
    await steps.close();
    expect(shown.lines).to.deep.equal([]);
  });
});
