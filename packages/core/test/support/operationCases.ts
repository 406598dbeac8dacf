import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect } from "chai";
import { executeOperation } from "../../src/operations/executeOperation.ts";
import { findOperation } from "../../src/operations/operationList.ts";
import { type PlannedJob, planOperation } from "../../src/operations/planOperation.ts";
import type { RunLimits } from "../../src/operations/runLimits.ts";
import type { JobReport } from "../../src/operations/runSteps.ts";
import type { StepEvent } from "../../src/operations/stepChannel.ts";
import { expectInvariants } from "./expectInvariants.ts";
import { codeOf, failureOf } from "./fixtures.ts";
import type { MemoryTestCore } from "./memoryCore.ts";
import { oneConnection } from "./oneConnection.ts";

const operator = { name: "mina", host: "ops-1", command: "onsale" };

/**
 * Number of steps after which a test kills a run. A longer job is killed in its first steps only.
 */
const KILLED_STEPS_MAX = 6;

/** One operation in a situation in which it changes something. */
export interface OperationCase {
  readonly operation: string;
  /** The opened core of the surrounding suite. */
  readonly current: () => MemoryTestCore;
  /** Makes the situation. @returns the input of the operation */
  prepare(): Promise<object>;
  /** Reads everything that the operation changes. */
  read(): Promise<unknown>;
  /** Changes a fact that the plan rests on. */
  disturb(): Promise<unknown>;
  /** Checks the effect of the whole job. */
  expectDone(report: JobReport): Promise<void>;
}

/** Executes a planned job, with the confirmation that a dangerous operation requires. */
export function runPlanned(
  { core }: Pick<MemoryTestCore, "core">,
  { job, confirmation }: PlannedJob,
  limits: RunLimits = {},
): Promise<JobReport> {
  return executeOperation(core, {
    ...{ operation: findOperation(job.operation), input: job.input, jobId: job.id, operator },
    ...{ reason: "a test", confirmation, ...limits },
  });
}

/** A process in which something happens after a run has checked its plan, before its first step. */
export function actingAfterCheck(
  { core }: Pick<MemoryTestCore, "core">,
  act: () => Promise<unknown>,
): Pick<MemoryTestCore, "core"> {
  let acted: Promise<unknown> | undefined;
  const { lockLease } = core.operations;
  const operations: typeof core.operations = {
    ...core.operations,
    async lockLease(...given) {
      acted ??= act();
      await acted;
      return lockLease(...given);
    },
  };
  return { core: { ...core, operations } };
}

/** Plans the operation. */
export function planOf(
  { core }: Pick<MemoryTestCore, "core">,
  name: string,
  input: object,
): Promise<PlannedJob> {
  return planOperation(core, { operation: findOperation(name), input });
}

/**
 * The cases of every operation: the plan changes nothing; the run does the plan and verifies it,
 * with one connection at a time; a stale plan is refused; a run that is killed after any point is
 * continued by the same job.
 */
export function operationCases(of: OperationCase): void {
  const { current, operation } = of;
  const plan = async () => planOf(current(), operation, await of.prepare());

  it("changes nothing when it is only planned", async () => {
    const input = await of.prepare();
    const before = await of.read();
    const { plan: planned } = await planOf(current(), operation, input);
    expect(planned.count).to.be.above(0);
    expect(await of.read()).to.deep.equal(before);
  });

  it("does the plan, verifies it, and does not run twice", async () => {
    const planned = await plan();
    const report = await runPlanned(current(), planned);
    expect(report.verifications.filter(({ holds }) => !holds)).to.deep.equal([]);
    expect(report).to.include({ status: "DONE", changed: planned.plan.count });
    await of.expectDone(report);
    const after = await of.read();
    expect(await runPlanned(current(), planned)).to.include({ isRepetition: true });
    expect(await of.read()).to.deep.equal(after);
  });

  it("needs one connection to the database at a time", async () => {
    const planned = await plan();
    const { core, second } = oneConnection(current().core);
    expect(await runPlanned({ core }, planned)).to.include({ status: "DONE" });
    expect(second).to.deep.equal([]);
  });

  it("is refused, with the differences, when a fact of its plan has changed", async () => {
    const planned = await plan();
    await of.disturb();
    const before = await of.read();
    const failure = await failureOf(runPlanned(current(), planned));
    expect(codeOf(failure)).to.equal("PLAN_STALE");
    expect(failure).to.have.nested.property("details.differences").that.is.not.empty;
    expect(await of.read()).to.deep.equal(before);
  });

  it("is refused when a fact has changed after a stop before its first step", async () => {
    const planned = await plan();
    const stopped = await runPlanned(current(), planned, { abortIf: async () => "dead>0: 3" });
    expect(stopped).to.include({ status: "STOPPED", changed: 0 });
    await of.disturb();
    const before = await of.read();
    expect(codeOf(await failureOf(runPlanned(current(), planned)))).to.equal("PLAN_STALE");
    expect(await of.read()).to.deep.equal(before);
  });
  killCases(of, plan);
}

function killCases(of: OperationCase, plan: () => Promise<PlannedJob>): void {
  const { current } = of;

  it("continues as the same job after its run was killed, at every point", async () => {
    const planned = await plan();
    // Each run is killed at the first point that no earlier run was killed at.
    const killed = new Set<string>();
    for (let runs = 0; runs < 5 * KILLED_STEPS_MAX; runs += 1) {
      const report = await runKilledAtNewPoint(of, planned, killed);
      await expectInvariants(current().core);
      if (report === undefined) continue;
      expect(report.status, JSON.stringify(report.verifications)).to.equal("DONE");
      expect([...killed].map((point) => point.split(" ")[0])).to.include.members([
        ...["begun", "saved", "verified"],
      ]);
      expectCount(of, planned, report);
      const records = await current().core.operations.listAudit(null, {
        ...{ jobId: report.jobId, max: 5 * KILLED_STEPS_MAX },
      });
      const audited = records.reduce((sum, { changed }) => sum + changed, 0);
      expect(audited, "of all audit records").to.equal(report.changed);
      await of.expectDone(report);
      return;
    }
    throw new Error("the job was not done after its run was killed at every point");
  });
}

/**
 * A step in the database is counted once, with its transaction. A repeated step outside the
 * database may find that its effect is there already.
 */
function expectCount({ operation }: OperationCase, planned: PlannedJob, report: JobReport): void {
  const { job, plan } = planned;
  const { kind } = findOperation(operation).withInput(job.input).steps;
  if (kind === "transaction") expect(report.changed).to.equal(plan.count);
  else expect(report.changed).to.be.at.most(plan.count);
}

/** @returns undefined when the run was killed */
async function runKilledAtNewPoint(
  of: OperationCase,
  planned: PlannedJob,
  killed: Set<string>,
): Promise<JobReport | undefined> {
  let stepCount = 0;
  const die = (event: unknown): void => {
    if (!isStepEvent(event)) return;
    if (event.step === "saved" || event.step === "applied") stepCount += 1;
    const number = Math.min(stepCount, 2);
    const point = `${event.step} ${number}`;
    if (killed.has(point)) return;
    killed.add(point);
    of.current().loseCalls(/./);
  };
  subscribe("onsale:operation-step", die);
  try {
    return await runPlanned(of.current(), planned);
  } catch (error) {
    if (killed.size === 0) throw error;
    return undefined;
  } finally {
    unsubscribe("onsale:operation-step", die);
    of.current().restoreCalls();
  }
}

function isStepEvent(event: unknown): event is StepEvent {
  return typeof event === "object" && event !== null && "step" in event;
}
