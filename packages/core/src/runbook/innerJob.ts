import { v5 } from "uuid";
import { PlanExpiredError, PlanStaleError } from "../operations/errors.ts";
import { executeChange } from "../operations/executeOperation.ts";
import type { AnyOperation, Step } from "../operations/operation.ts";
import { changeOf, planOperation } from "../operations/planOperation.ts";
import type { JobReport } from "../operations/runSteps.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Job, JsonObject, Operator } from "../ports/operationStore.ts";
import { TransactionContendedError } from "../shared/errors.ts";

/**
 * A plan is executed immediately after it was made. So many plans become stale only while other
 * operators or programs change the same thing.
 */
const ATTEMPTS_MAX = 5;

/** An operation that a step of a longer job runs as a job of its own. */
export interface InnerJobInput {
  readonly operation: AnyOperation;
  /** The longer job. */
  readonly outerJobId: string;
  /** Name of the step, unique within the longer job. */
  readonly step: string;
  readonly input: () => Promise<JsonObject>;
  readonly operator: Operator;
  readonly reason: string | undefined;
  readonly undoes?: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** The lease of the longer job, without which the inner job changes nothing. */
  readonly outer: Pick<Step, "renew" | "fence">;
}

/** Finds the job of a step, if an earlier run has planned it. */
export async function findInnerJob(
  core: CoreContext,
  outerJobId: string,
  step: string,
): Promise<Job | undefined> {
  const attempt = await latestAttempt(core, outerJobId, step);
  return core.operations.findJob(null, innerJobId(outerJobId, step, attempt));
}

/**
 * Plans and executes the operation of a step. The job id follows from the longer job and the step,
 * so a repeated call continues the same job, and reports it when it has ended. A plan that became
 * stale before its execution has changed nothing; the next attempt plans again.
 * @throws the errors of `executeOperation`
 */
export async function runInnerJob(core: CoreContext, inner: InnerJobInput): Promise<JobReport> {
  const { operation, outerJobId, step, undoes, timeoutMs, signal } = inner;
  const first = await latestAttempt(core, outerJobId, step);
  for (let attempt = first; attempt < first + ATTEMPTS_MAX; attempt += 1) {
    const jobId = innerJobId(outerJobId, step, attempt);
    const known = await core.operations.findJob(null, jobId);
    const job =
      known ??
      (await planOperation(core, { operation, input: await inner.input(), jobId, undoes })).job;
    const change = changeOf(operation, job.input);
    try {
      return await executeChange(core, {
        ...{ change, jobId, undoes, operator: inner.operator },
        ...{ timeoutMs, signal, confirmation: change.confirmation() },
        outer: inner.outer,
        reason: inner.reason ?? `a step of job ${outerJobId}`,
      });
    } catch (error) {
      const isUnused = error instanceof PlanStaleError || error instanceof PlanExpiredError;
      if (!isUnused) throw error;
    }
  }
  throw new TransactionContendedError(ATTEMPTS_MAX);
}

/**
 * Returns the number of the latest attempt that was planned. Earlier attempts must not run any
 * more, even if their plan fits the state again.
 */
async function latestAttempt(core: CoreContext, outerJobId: string, step: string): Promise<number> {
  for (let attempt = 0; ; attempt += 1) {
    const next = innerJobId(outerJobId, step, attempt + 1);
    if (!(await core.operations.findJob(null, next))) return attempt;
  }
}

function innerJobId(outerJobId: string, step: string, attempt: number): string {
  return v5(`${step} ${attempt}`, outerJobId);
}
