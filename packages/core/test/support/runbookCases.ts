import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect } from "chai";
import { INVARIANTS } from "../../src/invariants/invariantList.ts";
import type { PlannedJob } from "../../src/operations/planOperation.ts";
import type { RunLimits } from "../../src/operations/runLimits.ts";
import { findRunbook } from "../../src/runbook/runbookList.ts";
import type { RunbookHandlers } from "../../src/runbook/runbookStep.ts";
import { planRunbook, type RunbookReport, runRunbook } from "../../src/runbook/runRunbook.ts";
import type { InvariantId } from "../../src/shared/invariantTitles.ts";
import { expectInvariants } from "./expectInvariants.ts";
import { codeOf, failureOf } from "./fixtures.ts";
import type { MemoryTestCore } from "./memoryCore.ts";

const operator = { name: "mina", host: "ops-1", command: "onsale" };

/** Maximum number of runs: more than any runbook has points. More runs mean that it never ends. */
const RUNS_MAX = 300;

const INVARIANT_IDS = INVARIANTS.map(({ id }) => id);

/** A runbook in an incident that it ends. */
export interface RunbookCase {
  readonly runbook: string;
  readonly current: () => MemoryTestCore;
  /** Makes the incident. @returns the subject */
  prepare(): Promise<string | undefined>;
  /** Does the manual steps. */
  readonly handlers: RunbookHandlers;
  /** Reads everything that the runbook changes. */
  read(): Promise<unknown>;
  /** Changes a fact that the plan rests on. */
  disturb(): Promise<unknown>;
  /** Checks the effect of the whole run. */
  expectDone(): Promise<void>;
  /** Invariants that the incident breaks, and that the run repairs. */
  readonly breaks?: readonly InvariantId[];
}

/** Runs a planned runbook. */
export function runBook(
  { core }: Pick<MemoryTestCore, "core">,
  { job, confirmation }: PlannedJob,
  more: RunLimits & { readonly handlers?: RunbookHandlers } = {},
): Promise<RunbookReport> {
  const jobId = job.id;
  return runRunbook(core, { jobId, operator, reason: "a test", confirmation, ...more });
}

/**
 * The cases of every runbook: the plan changes nothing; the run ends the incident and does not run
 * twice; a stale plan is refused; a run that is killed at any point is continued by the same job.
 */
export function runbookCases(of: RunbookCase): void {
  const { current, runbook, handlers } = of;
  const plan = async () => planRunbook(current().core, { runbook, subject: await of.prepare() });
  const stepNames = findRunbook(runbook).steps.map(({ name }) => name);

  it("changes nothing when it is only planned", async () => {
    const subject = await of.prepare();
    const before = await of.read();
    const { plan: planned } = await planRunbook(current().core, { runbook, subject });
    expect(planned.count).to.equal(stepNames.length);
    expect(await of.read()).to.deep.equal(before);
  });

  it("does its steps in order, verifies them, and does not run twice", async () => {
    const planned = await plan();
    const report = await runBook(current(), planned, { handlers });
    expect(report.verifications.filter(({ holds }) => !holds)).to.deep.equal([]);
    expect(report).to.include({ status: "DONE", changed: stepNames.length });
    expect(report.passed.map(({ step }) => step)).to.deep.equal(stepNames);
    await of.expectDone();
    const after = await of.read();
    expect(await runBook(current(), planned, { handlers })).to.include({ isRepetition: true });
    expect(await of.read()).to.deep.equal(after);
  });

  it("is refused, with the differences, when the incident has changed", async () => {
    const planned = await plan();
    await of.disturb();
    const failure = await failureOf(runBook(current(), planned, { handlers }));
    expect(codeOf(failure)).to.equal("PLAN_STALE");
    expect(failure).to.have.nested.property("details.differences").that.is.not.empty;
  });

  it("continues as the same job after its run was killed, at every point", async () => {
    const planned = await plan();
    const killed = new Set<string>();
    for (let runs = 0; runs < RUNS_MAX; runs += 1) {
      const report = await runKilledAtNewPoint(of, planned, killed);
      const isDone = report?.status === "DONE";
      const ids = INVARIANT_IDS.filter((id) => isDone || !of.breaks?.includes(id));
      await expectInvariants(current().core, { ids });
      if (report === undefined) continue;
      expect(report.status, JSON.stringify(report)).to.equal("DONE");
      for (const name of stepNames) expect([...killed]).to.include(`${name} passed`);
      await of.expectDone();
      const open = await current().core.operations.listJobs(null, { status: "RUNNING", max: 10 });
      expect(open).to.deep.equal([]);
      return;
    }
    throw new Error("the run was not done after it was killed at every point");
  }).timeout(60_000);
}

/** @returns undefined when the run was killed */
async function runKilledAtNewPoint(
  of: RunbookCase,
  planned: PlannedJob,
  killed: Set<string>,
): Promise<RunbookReport | undefined> {
  const { current, handlers } = of;
  let step = "";
  const killAt = (point: string): void => {
    if (killed.has(point)) return;
    killed.add(point);
    current().loseCalls(/./);
  };
  const onRunbook = (event: unknown): void => {
    const { step: name, point } = Object(event);
    step = name;
    killAt(`${name} ${point}`);
  };
  const onOperation = (event: unknown): void => {
    const { jobId, step: point } = Object(event);
    killAt(`${step} ${jobId === planned.job.id ? "run" : "operation"} ${point}`);
  };
  subscribe("onsale:runbook-step", onRunbook);
  subscribe("onsale:operation-step", onOperation);
  try {
    return await runBook(current(), planned, { handlers });
  } catch (error) {
    if (killed.size === 0) throw error;
    return undefined;
  } finally {
    unsubscribe("onsale:runbook-step", onRunbook);
    unsubscribe("onsale:operation-step", onOperation);
    current().restoreCalls();
  }
}
