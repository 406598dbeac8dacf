import { findRunbook, type RunbookEvent, type RunbookReport } from "@onsale/core";
import { expect } from "chai";
import { type RunbookSteps, runbookSteps } from "../../src/runbook/runbookSteps.ts";
import { type RecordedSteps, recordedSteps } from "../support/recordedSteps.ts";

const runbook = findRunbook("sale-pause-resume");
const PROGRESS = { jobId: "1", isContinued: false, changed: 6, count: 6, unit: "step" };

/** A prompt that ends like inquirer's after Ctrl-C. */
const leave = async (): Promise<boolean> => {
  throw Object.assign(new Error("left"), { name: "ExitPromptError" });
};

describe("runbookSteps", () => {
  let shown: RecordedSteps;
  let interruptCount = 0;
  function open(answer?: () => Promise<boolean>, acknowledged: readonly string[] = []) {
    shown = recordedSteps(answer);
    interruptCount = 0;
    const interrupt = () => {
      interruptCount += 1;
    };
    return runbookSteps({ runbook, open: shown.open, acknowledged, interrupt });
  }
  const pass = ({ handlers }: RunbookSteps, ...events: readonly (readonly [string, string])[]) => {
    for (const [step, point] of events) handlers.onEvent?.(eventOf(step, point));
  };
  const askWork = ({ handlers }: RunbookSteps) => {
    const step = runbook.steps.find(({ name }) => name === "work");
    if (step?.kind !== "manual") throw new Error("the runbook has this manual step");
    return handlers.manual?.({ runbook: runbook.name, step, subject: "main", signal: undefined });
  };

  it("shows each step with its reading, and what held already", async () => {
    const steps = open();
    pass(steps, ["pause", "reached"], ["pause", "acted"], ["pause", "passed"]);
    pass(steps, ["active-finish", "reached"], ["active-finish", "passed"]);
    pass(steps, ["work", "reached"], ["work", "passed"]);
    steps.onProgress({ ...PROGRESS, stage: "verifying" });
    steps.ended(reportOf([{ claim: "open", holds: true, read: "open" }]));
    await steps.close();
    expect(shown.lines).to.deep.equal([
      "open pause active-finish work worker-ready resume queue-moves verify",
      "begin pause",
      "progress waits until the mode of the queue is paused in MySQL and in Redis",
      "done read",
      "begin active-finish",
      "progress waits until the queue is paused and no buyer is active",
      "done read",
      "begin work",
      "held read",
      "begin verify",
      "done 1 claim read back",
      "close",
    ]);
  });

  it("begins with the step that a continued run has reached", () => {
    pass(open(), ["worker-ready", "reached"]);
    expect(shown.lines[0]).to.equal("open worker-ready resume queue-moves verify");
  });

  it("shows the failed step, and verifies nothing then", () => {
    const steps = open();
    pass(steps, ["worker-ready", "reached"], ["worker-ready", "failed"]);
    steps.onProgress({ ...PROGRESS, stage: "verifying" });
    steps.ended(reportOf([{ claim: "step", holds: false, read: "no" }]));
    expect(shown.lines.slice(1)).to.deep.equal(["begin worker-ready", "failed read"]);
  });

  for (const isDone of [true, false]) {
    it(`asks for a manual step without a reading, and takes the answer ${isDone}`, async () => {
      const steps = open(async () => isDone);
      pass(steps, ["work", "reached"], ["work", "asked"]);
      expect(await askWork(steps)).to.equal(isDone);
      expect(shown.lines.at(-1)).to.include("note Do the work now.");
    });
  }

  it("acknowledges what a flag names, and only that where no person can be asked", async () => {
    const steps = open(undefined, ["work"]);
    pass(steps, ["work", "reached"]);
    expect(await askWork(steps)).to.equal(true);
    const silent = open();
    pass(silent, ["work", "reached"]);
    expect(await askWork(silent)).to.equal(false);
  });

  it("stops the run like Ctrl-C when the person leaves the question", async () => {
    const steps = open(leave);
    pass(steps, ["work", "reached"]);
    expect([await askWork(steps), interruptCount]).to.deep.equal([false, 1]);
  });
});

const POINTS = ["reached", "asked", "acted", "passed", "stopped", "failed"] as const;

function eventOf(step: string, name: string): RunbookEvent {
  const point = POINTS.find((one) => one === name);
  if (!point) throw new Error(`${name} is no point`);
  return { jobId: "1", runbook: runbook.name, step, point, read: "read" };
}

function reportOf(verifications: RunbookReport["verifications"]): RunbookReport {
  return {
    ...{ runbook, subject: "main", passed: [], failedStep: undefined, verifications },
    ...{ jobId: "1", status: "DONE", changed: 6, stopped: undefined, isRepetition: false },
    plan: { facts: {}, count: 6, unit: "step", sample: [], notes: [] },
    auditId: 1,
  };
}
