import type { CoreContext } from "../ports/coreContext.ts";
import type { Lease } from "../ports/leaseStore.ts";
import type { Job, Operator } from "../ports/operationStore.ts";
import { fingerprintOf } from "../shared/idempotencyFingerprint.ts";
import {
  ConfirmationRequiredError,
  JobFailedError,
  JobMismatchError,
  JobNotFoundError,
  JobRunningError,
  PlanExpiredError,
  PlanMissingError,
  PlanStaleError,
  ReasonRequiredError,
} from "./errors.ts";
import { jobStates } from "./jobStates.ts";
import type { AnyOperation } from "./operation.ts";
import { planDifferences } from "./planDifferences.ts";
import { parseInput, planHashOf, planSchema } from "./planOperation.ts";
import { type JobReport, type RunLimits, reportOfEndedJob, runSteps } from "./runSteps.ts";

/** One lease for each target that a run changes. */
export const OPERATION_LEASE_PREFIX = "operation:";

/** A run renews its lease with every step; a dead run blocks its target this long. */
const LEASE_MS = 10_000;
const LEASE_POLL_MS = 250;

export interface ExecuteOperationInput extends RunLimits {
  readonly operation: AnyOperation;
  readonly input: unknown;
  /** The job to run or to continue; by default the newest valid plan for exactly this input. */
  readonly jobId?: string | undefined;
  readonly operator: Operator;
  readonly reason?: string | undefined;
  /** The name that a dangerous operation asks for. */
  readonly confirmation?: string | undefined;
}

/**
 * Runs a planned job, or continues it at its checkpoint. A job that has ended is reported and
 * never runs twice.
 * @throws PlanMissingError, PlanExpiredError, PlanStaleError, JobRunningError, JobNotFoundError,
 *   JobMismatchError, JobFailedError, ReasonRequiredError, ConfirmationRequiredError: nothing was
 *   changed by this call
 * @throws RunLostError, DependencyUnavailableError, OutcomeUnknownError: the saved steps stay, and
 *   the same job continues
 */
export async function executeOperation(
  core: CoreContext,
  request: ExecuteOperationInput,
): Promise<JobReport> {
  const { operation } = request;
  const input = parseInput(operation, request.input);
  const job = await findJob(core, operation, fingerprintOf(input), request.jobId);
  if (jobStates.isFinal(job.status)) return reportOfEndedJob(job);
  requirePermission(request, input);

  const held = { lease: await acquireTarget(core, operation, input, job) };
  try {
    const current = await core.operations.findJob(null, job.id);
    if (!current) throw new JobNotFoundError(job.id);
    if (jobStates.isFinal(current.status)) return reportOfEndedJob(current);
    if (current.status === "PLANNED") await requireFresh(core, operation, current);
    return await runSteps(core, { ...request, operation, job: current, held, leaseMs: LEASE_MS });
  } finally {
    // The lease expires by itself when the database does not answer.
    await core.leases.release(held.lease).catch(() => undefined);
  }
}

async function findJob(
  core: CoreContext,
  operation: AnyOperation,
  inputHash: string,
  jobId: string | undefined,
): Promise<Job> {
  const job =
    jobId === undefined
      ? await core.operations.findNewestPlan(null, operation.name, inputHash)
      : await core.operations.findJob(null, jobId);
  if (!job) {
    if (jobId === undefined) throw new PlanMissingError(operation.name);
    throw new JobNotFoundError(jobId);
  }
  if (job.operation !== operation.name || job.inputHash !== inputHash) {
    throw new JobMismatchError(job);
  }
  if (job.status === "FAILED") throw new JobFailedError(job);
  return job;
}

function requirePermission(
  { operation, reason, confirmation }: ExecuteOperationInput,
  input: Job["input"],
): void {
  const wanted = operation.confirmation(input);
  if (wanted === undefined) return;
  if (confirmation !== wanted) throw new ConfirmationRequiredError(operation.name, wanted);
  if (reason === undefined || reason.trim() === "") throw new ReasonRequiredError(operation.name);
}

/**
 * Takes the lease of the target. A job that a dead run left RUNNING waits until the lease of that
 * run has expired; every other job is refused immediately.
 */
async function acquireTarget(
  core: CoreContext,
  operation: AnyOperation,
  input: Job["input"],
  job: Job,
): Promise<Lease> {
  const target = operation.target(input);
  const owner = core.ids.uuid();
  const waitsMs = job.status === "RUNNING" ? LEASE_MS + LEASE_POLL_MS : 0;
  const untilMs = core.clock.monotonicMs() + waitsMs;
  for (;;) {
    const lease = await core.leases.acquire(`${OPERATION_LEASE_PREFIX}${target}`, owner, LEASE_MS);
    if (lease) return lease;
    if (core.clock.monotonicMs() >= untilMs) throw new JobRunningError(operation.name, target);
    await core.clock.sleep(LEASE_POLL_MS);
  }
}

/** Reads the facts again, under the lease. */
async function requireFresh(core: CoreContext, operation: AnyOperation, job: Job): Promise<void> {
  if (!job.isValid) throw new PlanExpiredError(job);
  const { facts } = await operation.plan(core, job.input);
  if (planHashOf(operation, job.input, facts) === job.planHash) return;
  throw new PlanStaleError(job, planDifferences(planSchema.parse(job.plan).facts, facts));
}
