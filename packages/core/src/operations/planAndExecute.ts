import { v5 } from "uuid";
import { IdempotencyInProgressError, IdempotencyMismatchError } from "../idempotency/errors.ts";
import type { IdempotencyInput } from "../idempotency/onceOnly.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Job } from "../ports/operationStore.ts";
import { DependencyUnavailableError } from "../shared/errors.ts";
import { fingerprintOf } from "../shared/idempotencyFingerprint.ts";
import { JobRunningError, RunLostError } from "./errors.ts";
import { type RunOrder, requirePermission } from "./executeOperation.ts";
import { jobStates } from "./jobStates.ts";
import type { AnyOperation, Change } from "./operation.ts";
import { changeOf, newJobOf } from "./planOperation.ts";
import { type JobReport, reportOfEndedJob, runSteps } from "./runSteps.ts";
import { type HeldLease, LEASE_MS, LEASE_WAIT_MS_MAX, underTargetLease } from "./targetLease.ts";

/*
 * A change in one request
 *
 * Problem: a program that creates something sends one request and reads no plan. When the answer is
 * lost, the program does not know whether the change was made, and a second request makes it again.
 *
 * The plan is made under the lease of the target, so it cannot become stale, and the job is stored
 * in the transaction that begins its run. With an idempotency key, the id of the job follows from
 * the operator, the operation and the key. So the job is the record of the key:
 *
 *   no job      the request plans the change and runs it
 *   RUNNING     another request runs it, or died; the request waits for the lease of that run, and
 *               then reports the job or continues it
 *   DONE        the stored result is reported, and nothing is changed
 *
 * Failures:
 * - The change is refused: no job is stored, so the key is unused.
 * - The process dies after the run has begun: the next request with the key continues the job.
 * - The time limit of a request ends before the first step: the request is refused, and the next
 *   request with the key continues the job. Without a key, the job stays STOPPED without an effect.
 * - Two requests with one key run at the same time: one of them makes the change. The other one
 *   waits and reports it; after its time limit it is refused, and repeats the request.
 * - The key was used for another input: the request is refused.
 *
 * Not promised: that a job is kept for a certain time. The key is known as long as its job.
 */

/** The namespace of job ids that follow from idempotency keys (RFC 9562, 5.5). */
const KEY_NAMESPACE = "15f66278-00ca-4ea8-a1d0-b045779df3f2";

export interface PlanAndExecuteInput extends RunOrder {
  readonly operation: AnyOperation;
  readonly input: unknown;
  /** Each operator has keys of its own, for each operation. */
  readonly idempotency?: IdempotencyInput | undefined;
}

/** An order with its change. */
type Request = RunOrder & { readonly change: Change };

/**
 * Plans a change and runs the plan immediately. A repetition with the same idempotency key reports
 * the job of the first request, or continues it.
 * @throws InvalidInputError and the refusals of the operation's plan; IdempotencyMismatchError,
 *   JobRunningError, ReasonRequiredError, ConfirmationRequiredError: nothing was changed
 * @throws IdempotencyInProgressError while an earlier request with the key runs, and when the time
 *   limit ended before the first step
 * @throws RunLostError, DependencyUnavailableError, OutcomeUnknownError: repeat with the same key
 */
export async function planAndExecute(
  core: CoreContext,
  { operation, input, idempotency, ...order }: PlanAndExecuteInput,
): Promise<JobReport> {
  const change = changeOf(operation, input);
  const request = { ...order, change };
  requirePermission(request);
  if (!idempotency) {
    const id = core.ids.uuid();
    const report = await underTargetLease(core, change, waitMsOf(order), (held) =>
      runNew(core, request, id, held),
    );
    // The database took all of the time, and nothing is changed.
    if (isWithoutStep(report)) throw new DependencyUnavailableError("mysql");
    return report;
  }
  const parts = [order.operator.name, operation.name, idempotency.key];
  const report = await runOfKey(core, request, v5(JSON.stringify(parts), KEY_NAMESPACE));
  if (isWithoutStep(report)) throw new IdempotencyInProgressError();
  return report;
}

/** Whether the time of a run ended before its first step. */
const isWithoutStep = ({ status, changed }: JobReport): boolean =>
  status === "STOPPED" && changed === 0;

const waitMsOf = ({ timeoutMs = Number.POSITIVE_INFINITY }: RunOrder): number =>
  Math.min(LEASE_WAIT_MS_MAX, timeoutMs);

/** Runs the job of an idempotency key, or reports it. */
async function runOfKey(core: CoreContext, request: Request, id: string): Promise<JobReport> {
  const { change } = request;
  const find = async (): Promise<Job | undefined> => {
    const job = await core.operations.findJob(null, id);
    if (job) requireSameInput(job, change);
    return job;
  };
  const known = await find();
  if (known && jobStates.isFinal(known.status)) return reportOfEndedJob(known);
  try {
    return await underTargetLease(core, change, waitMsOf(request), async (held) => {
      const current = await find();
      if (!current) return runNew(core, request, id, held);
      if (jobStates.isFinal(current.status)) return reportOfEndedJob(current);
      // The caller has read no plan, so no fact of the plan has to be the same.
      return runSteps(core, { ...request, job: current, held, leaseMs: LEASE_MS });
    });
  } catch (error) {
    const isBusy = error instanceof JobRunningError || error instanceof RunLostError;
    if (isBusy && (await find())) throw new IdempotencyInProgressError();
    throw error;
  }
}

function requireSameInput(job: Job, { input }: Change): void {
  if (job.inputHash !== fingerprintOf(input)) throw new IdempotencyMismatchError();
}

/** Plans the change and runs it as a new job. */
async function runNew(
  core: CoreContext,
  request: Request,
  id: string,
  held: HeldLease,
): Promise<JobReport> {
  const { change } = request;
  const newJob = newJobOf(change, await change.plan(core), { id, undoes: undefined });
  const begun = { checkpoint: undefined, changed: 0, outcome: undefined };
  const job = { ...newJob, ...begun, status: "PLANNED" as const };
  return runSteps(core, { ...request, job, newJob, held, leaseMs: LEASE_MS });
}
