import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect } from "chai";
import { executeOperation } from "../../../src/operations/executeOperation.ts";
import { findOperation } from "../../../src/operations/operationList.ts";
import type { PlannedJob } from "../../../src/operations/planOperation.ts";
import type { JobReport } from "../../../src/operations/runSteps.ts";
import type { StepEvent } from "../../../src/operations/stepChannel.ts";
import { planUndo } from "../../../src/operations/undoOperation.ts";
import { chargedUser, codeOf, failureOf, tally } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { planOf, runPlanned } from "../../support/operationCases.ts";

const ADJUST = "point.adjust";
const operator = { name: "jun", host: "ops-2", command: "onsale undo" };

describe("planUndo", () => {
  const current = useMemoryQueue();
  let userId = 0;
  const balance = () => current().core.ledger.balanceOf(null, userId);
  const undoPlan = (auditId = 0) => planUndo(current().core, auditId);
  const change = async (input: object, operation = ADJUST) =>
    runPlanned(current(), await planOf(current(), operation, input));
  const undone = async ({ auditId }: JobReport) => runPlanned(current(), await undoPlan(auditId));
  /** Executes the newest plan, as `onsale undo ID --execute` does. */
  const executeNewest = (
    { job: { operation, input }, confirmation }: PlannedJob,
    undoes?: number,
  ) =>
    executeOperation(current().core, {
      ...{ operation: findOperation(operation), input, undoes, operator },
      ...{ reason: "a test", confirmation },
    });

  beforeEach("opens an account", async () => {
    userId = await chargedUser(current().core, 5_000);
  });

  it("plans the inverse, whose audit record names the undone record", async () => {
    const { auditId = 0 } = await change({ userId, change: 1_000 });
    const report = await runPlanned(current(), await undoPlan(auditId));
    expect(await balance()).to.equal(5_000);
    const record = await current().core.operations.findAudit(null, report.auditId ?? 0);
    expect(record).to.include({ undoes: auditId, outcome: "DONE" });
  });

  it("refuses a second undo and names the audit record of the first one", async () => {
    const first = await change({ userId, change: 1_000 });
    const undo = await undone(first);
    const failure = await failureOf(undoPlan(first.auditId));
    expect(failure).to.include({ code: "CANNOT_UNDO" });
    expect(failure).to.have.nested.property("details.undoneBy", undo.auditId);
    expect(failure)
      .to.have.property("message")
      .that.includes(`audit record ${undo.auditId} undid it already`);
    expect(await balance()).to.equal(5_000);
  });

  it("executes one of two plans that undo the same change", async () => {
    const { auditId } = await change({ userId, change: 1_000 });
    const plans = [await undoPlan(auditId), await undoPlan(auditId)];
    const cores = [current(), { core: current().another() }];
    const runs = plans.map((plan, index) => runPlanned(cores[index] ?? current(), plan));
    const counts = await tally(runs);
    expect(counts.ok).to.equal(1);
    const left = await Promise.all(
      plans.map(({ job }) => current().core.operations.findJob(null, job.id)),
    );
    for (const job of left.filter((one) => one?.status === "PLANNED")) {
      const plan = plans.find((one) => one.job.id === job?.id);
      if (!plan) throw new Error("it is one of the two");
      expect(codeOf(await failureOf(runPlanned(current(), plan)))).to.equal("CANNOT_UNDO");
    }
    expect(await balance()).to.equal(5_000);
  });

  it("undoes an undo, and then only the last record of the chain", async () => {
    const first = await change({ userId, change: 1_000 });
    const second = await undone(first);
    const third = await undone(second);
    expect(await balance()).to.equal(6_000);
    const again = await failureOf(undoPlan(first.auditId));
    expect(again).to.have.property("message").that.includes(`undo ${third.auditId}`);
    expect(codeOf(await failureOf(undoPlan(second.auditId)))).to.equal("CANNOT_UNDO");
    const fourth = await undone(third);
    expect(await balance()).to.equal(5_000);
    const last = await failureOf(undoPlan(first.auditId));
    expect(last)
      .to.have.property("message")
      .that.includes(`audit record ${fourth.auditId} undid it already`);
  });

  it("refuses while another undo runs or has stopped, and names the job to continue", async () => {
    const { auditId } = await change({ userId, change: 1_000 });
    const plan = await undoPlan(auditId);
    for (const begin of [
      () => runPlanned(current(), plan, { abortIf: async () => "dead>0: 3" }),
      () => killedAt("begun", () => runPlanned(current(), plan)),
      () => killedAt("saved", () => runPlanned(current(), plan)),
    ]) {
      await begin();
      const failure = await failureOf(undoPlan(auditId));
      expect(failure).to.include({ code: "CANNOT_UNDO" });
      expect(failure).to.have.property("message").that.includes(plan.job.id);
      expect(failure).to.have.nested.property("details.jobId", plan.job.id);
    }
    expect(await runPlanned(current(), plan)).to.include({ status: "DONE", changed: 1 });
    expect(await balance()).to.equal(5_000);
  });

  it("plans another undo when the plan of a run without a saved step has expired", async () => {
    const { auditId } = await change({ userId, change: 1_000 });
    const died = await undoPlan(auditId);
    await killedAt("begun", () => runPlanned(current(), died));
    current().clock.pass(16 * 60_000);
    expect(await runPlanned(current(), await undoPlan(auditId))).to.include({ status: "DONE" });
    expect(codeOf(await failureOf(runPlanned(current(), died)))).to.equal("CANNOT_UNDO");
    expect(await balance()).to.equal(5_000);
  });

  it("allows another undo after one that changed nothing", async () => {
    const mode = (to: string) => ({ queueId: QUEUE_ID, settings: { mode: to } });
    const paused = await change(mode("paused"), "queue.configure");
    await change(mode("open"), "queue.configure");
    expect(await undone(paused)).to.include({ status: "DONE", changed: 0 });
    await change(mode("draining"), "queue.configure");
    expect(await undone(paused)).to.include({ status: "DONE", changed: 1 });
  });

  for (const point of ["applied", "saved", "verified"] as const) {
    it(`reverts the whole change of a job that continued after it died at ${point}`, async () => {
      const settings = { queueId: QUEUE_ID, settings: { mode: "paused" } };
      const planned = await planOf(current(), "queue.configure", settings);
      await killedAt(point, () => runPlanned(current(), planned));
      const report = await runPlanned(current(), planned);
      const records = await current().core.operations.listAudit(null, {
        ...{ jobId: report.jobId, max: 10 },
      });
      const [last, first] = records.map(({ id }) => id);
      for (const id of [last, first]) {
        const { sample } = (await undoPlan(id)).plan;
        expect(sample, String(id)).to.deep.equal(["mode: paused -> open"]);
      }
      expect(await undone(report)).to.include({ status: "DONE", changed: 1 });
      expect(codeOf(await failureOf(undoPlan(first)))).to.equal("CANNOT_UNDO");
    });
  }

  it("runs its own plan and no plain plan of the same change", async () => {
    const { auditId = 0 } = await change({ userId, change: 1_000 });
    const undo = await undoPlan(auditId);
    current().clock.pass(1);
    const plain = await planOf(current(), ADJUST, { userId, change: -1_000 });
    const mismatch = executeOperation(current().core, {
      ...{ operation: findOperation(ADJUST), input: plain.job.input, jobId: plain.job.id },
      ...{ undoes: auditId, operator, reason: "a test", confirmation: plain.confirmation },
    });
    expect(codeOf(await failureOf(mismatch))).to.equal("JOB_MISMATCH");
    const report = await executeNewest(undo, auditId);
    expect(report).to.include({ jobId: undo.job.id, status: "DONE" });
    const later = await executeNewest(plain).catch((error: unknown) => codeOf(error));
    expect(later).to.equal("PLAN_STALE");
    expect(codeOf(await failureOf(executeNewest(undo, auditId)))).to.equal("CANNOT_UNDO");
  });

  it("does not run the plan of an undo as a plain change", async () => {
    const { auditId = 0 } = await change({ userId, change: 1_000 });
    const undo = await undoPlan(auditId);
    expect(codeOf(await failureOf(executeNewest(undo)))).to.equal("PLAN_MISSING");
    expect(await balance()).to.equal(6_000);
  });

  /** Loses every call of a run after the given point, until its lease has expired. */
  async function killedAt(step: StepEvent["step"], run: () => Promise<unknown>): Promise<void> {
    const die = (event: unknown): void => {
      const isStep = typeof event === "object" && event !== null && "step" in event;
      if (isStep && event.step === step) current().loseCalls(/./);
    };
    subscribe("onsale:operation-step", die);
    await Promise.allSettled([run()]);
    unsubscribe("onsale:operation-step", die);
    current().restoreCalls();
    current().clock.pass(11_000);
  }
});
