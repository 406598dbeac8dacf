import type { CoreContext } from "../ports/coreContext.ts";
import type { Job, Operator } from "../ports/operationStore.ts";
import { CoreError, InvalidInputError } from "../shared/errors.ts";
import { hiddenMistake } from "../shared/visibleText.ts";
import { endAbandoned } from "./endAbandoned.ts";
import {
  ConfirmationRequiredError,
  JobFailedError,
  JobMismatchError,
  JobNotFoundError,
  PlanExpiredError,
  PlanStaleError,
  ReasonRequiredError,
} from "./errors.ts";
import { hasDiedRun } from "./jobRecords.ts";
import { jobStates } from "./jobStates.ts";
import type { AnyOperation, Change } from "./operation.ts";
import { operatorName } from "./operatorName.ts";
import { hasSavedStep, requireNotUndone } from "./otherUndo.ts";
import { planDifferences } from "./planDifferences.ts";
import { changeOf, keyOf, planHashOf, planSchema } from "./planOperation.ts";
import type { RunLimits } from "./runLimits.ts";
import { type JobReport, reportOfEndedJob, runSteps } from "./runSteps.ts";
import { type HeldLease, LEASE_MS, LEASE_WAIT_MS_MAX, underTargetLease } from "./targetLease.ts";
import { whyNoPlan } from "./whyNoPlan.ts";

/** The order to run a change. */
export interface RunOrder extends RunLimits {
  readonly operator: Operator;
  readonly reason?: string | undefined;
  /** The name that a dangerous operation asks for. */
  readonly confirmation?: string | undefined;
}

export interface ExecuteChangeInput extends RunOrder {
  readonly change: Change;
  /** The job to run or to continue; by default the newest valid plan for exactly this input. */
  readonly jobId?: string | undefined;
  /** The audit record that the change reverts; without a job id, only a plan of this undo runs. */
  readonly undoes?: number | undefined;
}

export interface ExecuteOperationInput extends Omit<ExecuteChangeInput, "change"> {
  readonly operation: AnyOperation;
  readonly input: unknown;
}

/**
 * Runs a planned job, or continues it at its checkpoint. A job that has ended is reported and
 * never runs twice.
 * @throws InvalidInputError for an input that the operation does not accept
 * @throws PlanMissingError, PlanExpiredError, PlanStaleError, JobRunningError, JobNotFoundError,
 *   JobMismatchError, JobFailedError, CannotUndoError, ReasonRequiredError,
 *   ConfirmationRequiredError: nothing was changed by this call
 * @throws RunLostError, DependencyUnavailableError, OutcomeUnknownError: the saved steps stay, and
 *   the same job continues
 */
export async function executeOperation(
  core: CoreContext,
  { operation, input, ...order }: ExecuteOperationInput,
): Promise<JobReport> {
  return executeChange(core, { ...order, change: changeOf(operation, input) });
}

/** Like `executeOperation`, for an input that is parsed already. */
export async function executeChange(
  core: CoreContext,
  { jobId, undoes, ...request }: ExecuteChangeInput,
): Promise<JobReport> {
  const { change, timeoutMs = Number.POSITIVE_INFINITY } = request;
  const job = await findJob(core, change, { jobId, undoes });
  if (job.status === "FAILED") throw new JobFailedError(job);
  if (jobStates.isFinal(job.status)) return reportOfEndedJob(job);
  requirePermission(request);
  // The lease of a run that died expires; every other job is refused immediately.
  const waitMs = job.status === "RUNNING" ? Math.min(LEASE_WAIT_MS_MAX, timeoutMs) : 0;
  return underTargetLease(core, change, waitMs, async (held) => {
    const current = await core.operations.findJob(null, job.id);
    if (!current) throw new JobNotFoundError(job.id);
    return runJob(core, request, current, held);
  });
}

/**
 * Runs a job from its checkpoint under the lease of its target, or reports it when it has ended.
 * @throws PlanExpiredError, PlanStaleError, CannotUndoError
 */
async function runJob(
  core: CoreContext,
  request: Omit<ExecuteChangeInput, "jobId" | "undoes">,
  job: Job,
  held: HeldLease,
): Promise<JobReport> {
  if (jobStates.isFinal(job.status)) return reportOfEndedJob(job);
  if (!hasSavedStep(job)) {
    try {
      await requireNotUndone(core, job);
      await requireFresh(core, request.change, job);
    } catch (error) {
      if (error instanceof CoreError && !error.retryable) {
        // The job of a dead run can no longer begin, and must not stay RUNNING. When its end cannot
        // be stored, the caller gets that error and tries again.
        await endAbandoned(core, job.id, held, { reason: "refused", detail: error.message });
      }
      throw error;
    }
  }
  return runSteps(core, { ...request, job, held, leaseMs: LEASE_MS });
}

async function findJob(
  core: CoreContext,
  change: Change,
  { jobId, undoes }: Pick<ExecuteChangeInput, "jobId" | "undoes">,
): Promise<Job> {
  const key = { ...keyOf(change), undoes };
  const job =
    jobId === undefined
      ? await core.operations.findNewestPlan(null, key)
      : await core.operations.findJob(null, jobId);
  if (!job) {
    if (jobId !== undefined) throw new JobNotFoundError(jobId);
    await requireNotUndone(core, key);
    throw await whyNoPlan(core, change, key);
  }
  const isSame = job.operation === key.operation && job.inputHash === key.inputHash;
  const isSameUndo = undoes === undefined || job.undoes === undoes;
  if (!isSame || !isSameUndo) throw new JobMismatchError(job);
  return job;
}

/** @throws InvalidInputError, ConfirmationRequiredError, ReasonRequiredError */
export function requirePermission({
  change,
  operator,
  reason,
  confirmation,
}: Pick<ExecuteChangeInput, "change" | "operator" | "reason" | "confirmation">): void {
  operatorName(operator.name);
  const hidden = hiddenMistake((reason ?? "").normalize("NFC").replace(/[\n\t]/g, " "));
  if (hidden !== undefined) throw new InvalidInputError(`reason ${hidden}`, { field: "reason" });
  const wanted = change.confirmation();
  if (wanted === undefined) return;
  if (confirmation !== wanted) throw new ConfirmationRequiredError(change.operation, wanted);
  if (reason === undefined || reason.trim() === "") {
    throw new ReasonRequiredError(change.operation);
  }
}

/**
 * Reads the facts again, under the lease. A step outside the database may have had its effect
 * before the run died; then the job continues, although its own effect changed a fact. A run that
 * has stopped by itself saved each of its steps, so a job of such runs only has had no effect.
 */
async function requireFresh(core: CoreContext, change: Change, job: Job): Promise<void> {
  const otherPlan = async () => {
    const now = await change.plan(core);
    return planHashOf(change, now.facts) === job.planHash ? undefined : now;
  };
  if (change.steps.kind === "repeatable" && (await hasDiedRun(core, job))) {
    if (await change.mayHaveActed(core, { jobId: job.id, otherPlan })) return;
  }
  if (!job.isValid) throw new PlanExpiredError(job);
  const other = await otherPlan();
  if (!other) return;
  throw new PlanStaleError(job, planDifferences(planSchema.parse(job.plan).facts, other.facts));
}
