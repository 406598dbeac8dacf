import { JobMismatchError, JobNotFoundError } from "../operations/errors.ts";
import { type ExecuteOperationInput, executeOperation } from "../operations/executeOperation.ts";
import { type PlannedJob, planOperation } from "../operations/planOperation.ts";
import type { JobReport } from "../operations/runSteps.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Runbook } from "./runbook.ts";
import {
  completeRunbookInput,
  type RunbookInput,
  type RunbookRequest,
  runbookInputSchema,
  stepNameOf,
} from "./runbookInput.ts";
import { findRunbook } from "./runbookList.ts";
import { RUN_RUNBOOK, runbookOperation } from "./runbookOperation.ts";
import { type PassedStep, progressOf } from "./runbookProgress.ts";
import type { RunbookHandlers } from "./runbookStep.ts";

/**
 * Reads what a run would do, and stores the plan. Changes nothing else.
 * @throws InvalidInputError, RunbookNotFoundError, QueueNotFoundError, RunbookPreconditionError
 */
export async function planRunbook(core: CoreContext, request: RunbookRequest): Promise<PlannedJob> {
  const input = await completeRunbookInput(core, request);
  return planOperation(core, { operation: runbookOperation(), input });
}

export interface RunRunbookInput extends Omit<ExecuteOperationInput, "operation" | "input"> {
  /** The runbook. A job with an id must be planned for it, as far as the request names it. */
  readonly request?: RunbookRequest | undefined;
  readonly handlers?: RunbookHandlers | undefined;
}

/** The result of a run. */
export interface RunbookReport extends JobReport {
  readonly runbook: Runbook;
  readonly subject: string;
  /** The steps that all runs of the job have passed, in order. */
  readonly passed: readonly PassedStep[];
  /** The step that halted the run. */
  readonly failedStep: string | undefined;
}

/**
 * Runs a planned runbook, or continues its job.
 * @throws the errors of `executeOperation` and of `planRunbook`
 */
export async function runRunbook(
  core: CoreContext,
  { request, handlers, ...run }: RunRunbookInput,
): Promise<RunbookReport> {
  const input =
    run.jobId === undefined && request
      ? await completeRunbookInput(core, request)
      : await inputOf(core, run.jobId ?? "", request);
  const operation = runbookOperation(handlers);
  const report = await executeOperation(core, { ...run, operation, input });
  const job = await core.operations.findJob(null, report.jobId);
  const { passed, failure } = progressOf(job?.checkpoint);
  const { runbook, subject } = input;
  return {
    ...report,
    runbook: findRunbook(runbook),
    ...{ subject, passed, failedStep: failure?.step },
  };
}

/**
 * @throws JobNotFoundError
 * @throws JobMismatchError for a job of another operation, runbook, queue or first step
 * @throws InvalidInputError for an unknown step
 */
async function inputOf(
  core: CoreContext,
  jobId: string,
  { runbook, subject, fromStep }: Partial<RunbookRequest> = {},
): Promise<RunbookInput> {
  const job = await core.operations.findJob(null, jobId);
  if (!job) throw new JobNotFoundError(jobId);
  if (job.operation !== RUN_RUNBOOK) throw new JobMismatchError(job);
  const input = runbookInputSchema.parse(job.input);
  if (runbook !== undefined && input.runbook !== runbook) throw new JobMismatchError(job);
  if (subject !== undefined && input.subject !== subject) throw new JobMismatchError(job);
  if (fromStep === undefined) return input;
  const first = stepNameOf(findRunbook(input.runbook), fromStep);
  if (input.fromStep !== first) throw new JobMismatchError(job);
  return input;
}
