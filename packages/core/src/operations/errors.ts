import type { AuditRecord, Job, JobStatus } from "../ports/operationStore.ts";
import { CoreError } from "../shared/errors.ts";

/** One fact of a plan that is different now. */
export interface Difference {
  readonly fact: string;
  readonly planned: unknown;
  readonly now: unknown;
}

export class OperationNotFoundError extends CoreError {
  readonly code = "OPERATION_NOT_FOUND";
  constructor(operation: string) {
    super(`There is no operation "${operation}"`, { operation });
  }
}

export class JobNotFoundError extends CoreError {
  readonly code = "JOB_NOT_FOUND";
  constructor(jobId: string) {
    super(`There is no job ${jobId}`, { jobId });
  }
}

/** Only a job that runs can be stopped. */
export class JobNotRunningError extends CoreError {
  readonly code = "JOB_NOT_RUNNING";
  constructor({ id, status }: Job) {
    super(`The job ${id} is ${status}, so there is nothing to stop`, {
      jobId: id,
      jobStatus: status,
    });
  }
}

/**
 * No valid plan exists for exactly this input. When an earlier job of this input exists, the
 * message says how the job ended, and the details have its id, its status and its last run.
 */
export class PlanMissingError extends CoreError {
  readonly code = "PLAN_MISSING";
  constructor(operation: string, job?: Job, run?: LastRun) {
    super(job ? missingText(job, run) : PLAN_FIRST, {
      operation,
      jobId: job?.id,
      jobStatus: job?.status,
      auditId: run?.auditId,
      operator: run?.operator,
    });
  }
}

/** The last run of a job. */
interface LastRun {
  readonly auditId: number;
  /** The operator's name. */
  readonly operator: string;
  readonly closedAt: Date | undefined;
}

const PLAN_FIRST = "No valid plan exists for exactly this change; plan it first";

function missingText({ id, status, changed }: Job, run: LastRun | undefined): string {
  const by = run ? ` by ${run.operator} (audit record ${run.auditId})` : "";
  const at = run?.closedAt ? ` at ${run.closedAt.toISOString()}` : "";
  const changes = changed === 1 ? "1 change" : `${changed} changes`;
  const text: Partial<Record<JobStatus, string>> = {
    STOPPED: `The job ${id} of exactly this change was stopped after ${changes}; it can continue`,
    RUNNING: `A run of the job ${id} of exactly this change died after ${changes}; it can continue`,
    DONE: `Exactly this change was done${at}${by}, and no plan exists to do it again`,
    FAILED: `The job ${id} of exactly this change has failed; make a new plan`,
  };
  return text[status] ?? PLAN_FIRST;
}

export class PlanExpiredError extends CoreError {
  readonly code = "PLAN_EXPIRED";
  constructor({ id, validUntil }: Job) {
    super("The plan is no longer valid; plan it again", { jobId: id, validUntil });
  }
}

/**
 * The facts that the plan rests on have changed since the plan was made. The run changed nothing.
 */
export class PlanStaleError extends CoreError {
  readonly code = "PLAN_STALE";
  constructor({ id }: Job, differences: readonly Difference[]) {
    super("A fact on which the plan rests has changed; make a new plan and read it", {
      jobId: id,
      differences,
    });
  }
}

/** Another run has the lease of the same target. This run changed nothing. */
export class JobRunningError extends CoreError {
  readonly code = "JOB_RUNNING";
  override readonly retryable = true;
  /** @param jobId the job of exactly this change that runs; undefined when it is another change */
  constructor(operation: string, target: string, jobId?: string) {
    const what =
      jobId === undefined
        ? `Another run changes ${target} at this moment`
        : `The job ${jobId} does exactly this change at this moment`;
    super(`${what}; this run changed nothing`, { operation, target, jobId });
  }
}

/** The job id belongs to another operation, or to the same operation with another input. */
export class JobMismatchError extends CoreError {
  readonly code = "JOB_MISMATCH";
  constructor({ id, operation, input }: Job) {
    super("This job was planned for another change", { jobId: id, operation, input });
  }
}

/** The job has ended as FAILED; a new plan is needed. */
export class JobFailedError extends CoreError {
  readonly code = "JOB_FAILED";
  constructor({ id, outcome }: Job) {
    super("This job has failed and does not continue; make a new plan", { jobId: id, outcome });
  }
}

export class ReasonRequiredError extends CoreError {
  readonly code = "REASON_REQUIRED";
  constructor(operation: string) {
    super("This operation is dangerous and needs a reason for the audit record", { operation });
  }
}

export class ConfirmationRequiredError extends CoreError {
  readonly code = "CONFIRMATION_REQUIRED";
  constructor(operation: string, confirmation: string) {
    super(`This operation is dangerous: confirm it with the name "${confirmation}"`, {
      operation,
      confirmation,
    });
  }
}

export class AuditRecordNotFoundError extends CoreError {
  readonly code = "AUDIT_RECORD_NOT_FOUND";
  constructor(auditId: number) {
    super(`There is no audit record ${auditId}`, { auditId });
  }
}

/** The change has no inverse, or another run has reverted it. The message says why. */
export class CannotUndoError extends CoreError {
  readonly code = "CANNOT_UNDO";
  /** @param undo the job that reverts the change, and its audit record */
  constructor(
    { id, operation }: AuditRecord,
    why: string,
    undo: {
      readonly jobId?: string;
      readonly jobStatus?: JobStatus;
      readonly undoneBy?: number;
    } = {},
  ) {
    super(`This change cannot be undone: ${why}`, { auditId: id, operation, ...undo });
  }
}

/** The run lost the lease of its target, so a later run may continue the job. */
export class RunLostError extends CoreError {
  readonly code = "RUN_LOST";
  override readonly retryable = true;
  constructor(jobId: string) {
    super("This run lost its lease; the saved steps stay, and the same job continues", { jobId });
  }
}
