import assert from "node:assert/strict";
import { z } from "zod";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Job, JobStatus, JsonObject, NewJob, Operator } from "../ports/operationStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { CoreError } from "../shared/errors.ts";
import { maskSecrets } from "../shared/maskSecrets.ts";
import { secondsText } from "../shared/secondsText.ts";
import { closeRun, endAsFailed, saveProgress } from "./endRun.ts";
import { RunLostError } from "./errors.ts";
import type { Change, OperationPlan, Step, StepResult, Stop, Verification } from "./operation.ts";
import { operatorName } from "./operatorName.ts";
import { planSchema } from "./planOperation.ts";
import type { RunLimits, RunProgress } from "./runLimits.ts";
import { announceStep } from "./stepChannel.ts";
import { type HeldLease, renewLease, requireLease } from "./targetLease.ts";

/**
 * Maximum number of things that one step changes. So few row locks last milliseconds, and the run
 * stops soon after a request to stop.
 */
const STEP_MAX = 100;

/** The result of a run, or of an earlier run of the same job. */
export interface JobReport {
  readonly jobId: string;
  readonly status: JobStatus;
  /** Number of things that all runs of the job changed. */
  readonly changed: number;
  readonly plan: OperationPlan;
  readonly verifications: readonly Verification[];
  readonly stopped: Stop | undefined;
  /** Whether the job had ended before this call. */
  readonly isRepetition: boolean;
  /** The audit record of this run; undefined for a repetition. */
  readonly auditId: number | undefined;
}

/** A stored job, or a new one that the run stores when it begins. */
export type JobToRun = Omit<NewJob, "validMs"> &
  Pick<Job, "status" | "checkpoint" | "changed" | "outcome">;

export interface RunStepsInput extends RunLimits {
  readonly change: Change;
  readonly job: JobToRun;
  /** The job to store when the run begins; undefined for a job that is stored already. */
  readonly newJob?: NewJob | undefined;
  readonly held: HeldLease;
  readonly leaseMs: number;
  readonly operator: Operator;
  readonly reason?: string | undefined;
}

const outcomeSchema = z.object({
  verifications: z.array(z.object({ claim: z.string(), holds: z.boolean(), read: z.string() })),
});

/**
 * The outcome of a running job whose last step is saved. A run that continues such a job does not
 * repeat any step.
 */
const STEPS_DONE = z.object({ stepsDone: z.literal(true) });

/** Whether the last step of a job is saved. @param outcome of a job that has not ended */
export const areStepsDone = (outcome: JsonObject | undefined): boolean =>
  STEPS_DONE.safeParse(outcome).success;

/** The report of a job that has ended. */
export function reportOfEndedJob(job: Job): JobReport {
  const { verifications } = outcomeSchema.parse(job.outcome ?? { verifications: [] });
  return {
    ...{ jobId: job.id, status: job.status, changed: job.changed },
    plan: planSchema.parse(job.plan),
    verifications,
    ...{ stopped: undefined, isRepetition: true, auditId: undefined },
  };
}

/** A run in progress: what its next step needs. */
interface Run extends RunStepsInput {
  readonly auditId: number;
  readonly startedMs: number;
  checkpoint: JsonObject | undefined;
  changed: number;
  /** The operator who asked the run to stop, as of the last saved step. */
  stopRequestedBy: string | undefined;
}

/**
 * Opens the audit record, runs the steps from the checkpoint, verifies, and closes the record. An
 * error that a repetition cannot mend ends the job as FAILED.
 */
export async function runSteps(core: CoreContext, input: RunStepsInput): Promise<JobReport> {
  const { change, job } = input;
  const before = await change.state(core);
  const auditId = await begin(core, input, before);
  announceStep({ jobId: job.id, step: "begun" });
  const { checkpoint, changed } = job;
  const startedMs = core.clock.monotonicMs();
  const run: Run = {
    ...input,
    ...{ auditId, startedMs, checkpoint, changed, stopRequestedBy: undefined },
  };
  try {
    return await runFromCheckpoint(core, run);
  } catch (error) {
    if (error instanceof CoreError && !error.retryable) await endAsFailed(core, run, error);
    throw error;
  }
}

async function runFromCheckpoint(core: CoreContext, run: Run): Promise<JobReport> {
  const { change, job } = run;
  const plan = planSchema.parse(job.plan);
  const report = (stage: RunProgress["stage"]): void =>
    run.onProgress?.({
      ...{ jobId: job.id, stage, isContinued: job.status !== "PLANNED" },
      ...{ changed: run.changed, count: plan.count, unit: plan.unit },
    });
  report("changing");
  let isDone = areStepsDone(job.outcome);
  while (!isDone) {
    const stopped = await stopReason(core, run);
    if (stopped) return finish(core, run, plan, "STOPPED", { verifications: [], stopped });
    const result = await oneStep(core, run, plan);
    announceStep({ jobId: job.id, step: "saved" });
    report("changing");
    if (result.stop) {
      return finish(core, run, plan, "STOPPED", { verifications: [], stopped: result.stop });
    }
    isDone = result.isDone;
    if (!isDone) await pace(core, run, result.waitMs);
  }
  report("verifying");
  const verifications = await change.verify(core, plan, {
    ...{ jobId: job.id, changed: run.changed, checkpoint: run.checkpoint },
  });
  announceStep({ jobId: job.id, step: "verified" });
  const status = verifications.every(({ holds }) => holds) ? "DONE" : "FAILED";
  return finish(core, run, plan, status, { verifications, stopped: undefined });
}

async function begin(core: CoreContext, input: RunStepsInput, before: JsonObject): Promise<number> {
  const { change, job, newJob, operator, reason } = input;
  await renew(core, input);
  return core.withTransaction(async (tx) => {
    await fenceStep(core, tx, input);
    const isStored = newJob === undefined || (await core.operations.addJob(tx, newJob));
    if (!isStored) throw new RunLostError(job.id);
    await saveProgress(
      core,
      tx,
      { jobId: job.id, status: job.status },
      { ...job, status: "RUNNING" },
    );
    return core.operations.openAudit(tx, {
      ...{ jobId: job.id, operation: change.operation, before },
      operator: {
        ...operator,
        name: operatorName(operator.name),
        command: maskSecrets(operator.command),
      },
      reason: reason === undefined ? undefined : maskSecrets(reason.normalize("NFC")),
      planHash: job.planHash,
      undoes: job.undoes,
    });
  });
}

async function oneStep(core: CoreContext, run: Run, plan: OperationPlan): Promise<StepResult> {
  const { change, job } = run;
  await renew(core, run);
  const beganMs = core.clock.monotonicMs();
  const { steps } = change;
  const max = Math.min(STEP_MAX, leftOf(run), run.perSecond ?? STEP_MAX);
  const step: Step = {
    ...{ facts: plan.facts, checkpoint: run.checkpoint, max },
    ...{ jobId: job.id, auditId: run.auditId, signal: run.signal },
    renew: async () => void (await renew(core, run)),
    fence: (tx) => fenceStep(core, tx, run),
  };
  const repeatable = steps.kind === "repeatable" ? await steps.step(core, step) : undefined;
  if (repeatable) announceStep({ jobId: job.id, step: "applied" });
  if (core.clock.monotonicMs() - beganMs > run.leaseMs / 2) await renew(core, run);
  const result = await core.withTransaction(async (tx) => {
    await fenceStep(core, tx, run);
    const made = steps.kind === "transaction" ? await steps.step(core, tx, step) : repeatable;
    assert(made, "a repeatable step has run above");
    const changed = run.changed + made.changed;
    const saved = await saveProgress(
      core,
      tx,
      { jobId: job.id, status: "RUNNING" },
      {
        ...{ status: "RUNNING", checkpoint: made.checkpoint, changed },
        outcome: made.isDone ? { stepsDone: true } : undefined,
      },
    );
    if (made.changed > 0) {
      await core.operations.countAudit(tx, run.auditId, changed - job.changed);
    }
    return { ...made, ...saved };
  });
  run.checkpoint = result.checkpoint;
  run.changed += result.changed;
  run.stopRequestedBy = result.stopRequestedBy;
  return result;
}

/** Number of things that this run may still change. */
function leftOf({ max, changed, job }: Run): number {
  return max === undefined ? STEP_MAX : max - (changed - job.changed);
}

async function stopReason(core: CoreContext, run: Run): Promise<JobReport["stopped"]> {
  if (run.signal?.aborted) return { reason: "interrupted" };
  const { timeoutMs = Number.POSITIVE_INFINITY, startedMs } = run;
  if (core.clock.monotonicMs() - startedMs >= timeoutMs) {
    return { reason: "timeout", detail: `not done after ${secondsText(timeoutMs)}` };
  }
  const by = run.stopRequestedBy;
  if (by !== undefined) return { reason: "requested", detail: `${by} asked for the stop` };
  if (leftOf(run) <= 0) return { reason: "max", detail: `${run.max} changed in this run` };
  const detail = await run.abortIf?.();
  return detail === undefined ? undefined : { reason: "abort-if", detail };
}

/**
 * Waits until the average rate of this run is at most `perSecond`, and as long as the step asks.
 */
async function pace(core: CoreContext, run: Run, stepWaitMs = 0): Promise<void> {
  const { perSecond = Number.POSITIVE_INFINITY, startedMs } = run;
  const dueMs = startedMs + ((run.changed - run.job.changed) / perSecond) * 1000;
  const waitMs = Math.max(stepWaitMs, dueMs - core.clock.monotonicMs());
  // A wait that is longer than the lease would lose the lease. A step changes at most `perSecond`
  // things, so the wait is at most 1 s.
  if (waitMs > 0) await core.clock.sleep(waitMs, run.signal);
}

async function finish(
  core: CoreContext,
  run: Run,
  plan: OperationPlan,
  status: JobStatus,
  end: Pick<JobReport, "verifications" | "stopped">,
): Promise<JobReport> {
  const { change, job, auditId, changed } = run;
  // Reading the state of much data can take longer than the lease lasts.
  const after = await change.state(core);
  await closeRun(core, run, { status, ...end, after });
  return { jobId: job.id, status, changed, plan, ...end, isRepetition: false, auditId };
}

/** Renews the leases of the longer job and of this run. @throws RunLostError */
async function renew(core: CoreContext, run: RunStepsInput): Promise<void> {
  await run.outer?.renew();
  await renewLease(core, run);
}

/** Locks the leases of the longer job and of this run. @throws RunLostError */
async function fenceStep(core: CoreContext, tx: Tx, run: RunStepsInput): Promise<void> {
  await run.outer?.fence(tx);
  await requireLease(core, tx, run);
}
