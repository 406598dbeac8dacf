import type { Lease } from "./leaseStore.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

/** A plain JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * PLANNED: nothing has changed yet. RUNNING: a run has the job, or died while it had the job.
 * STOPPED: a run stopped between two steps; the job continues at its checkpoint.
 * DONE: every step is done and verified. FAILED: the job cannot continue, or its verification
 * failed.
 */
export type JobStatus = "PLANNED" | "RUNNING" | "STOPPED" | "DONE" | "FAILED";

/** A plan of an operator. The job runs it, in one run or in several. */
export interface NewJob {
  /** A UUID. */
  readonly id: string;
  /** Name of the operation, such as "queue.configure". */
  readonly operation: string;
  readonly input: JsonObject;
  /** SHA-256 of the input. */
  readonly inputHash: string;
  readonly plan: JsonObject;
  /** SHA-256 of operation, input and the facts that the plan rests on. */
  readonly planHash: string;
  /** A run may begin within this time, ms. */
  readonly validMs: number;
  /** The audit record whose effect this job reverts. */
  readonly undoes: number | undefined;
}

export interface Job extends Omit<NewJob, "validMs"> {
  readonly status: JobStatus;
  /** The value that the last step saved; the next step continues with it. */
  readonly checkpoint: JsonObject | undefined;
  /** Number of things that the steps have changed so far. */
  readonly changed: number;
  readonly plannedAt: Date;
  readonly validUntil: Date;
  /** Whether a run may begin now, by the database's clock. */
  readonly isValid: boolean;
  /** Results of the verification; undefined until the job has ended. */
  readonly outcome: JsonObject | undefined;
}

/** Identifies a change. The undo of a record differs from a plain change with the same input. */
export type ChangeKey = Pick<NewJob, "operation" | "inputHash" | "undoes">;

/** The progress of a job that one transaction saves. */
export interface JobProgress {
  readonly status: JobStatus;
  readonly checkpoint: JsonObject | undefined;
  readonly changed: number;
  readonly outcome: JsonObject | undefined;
}

/** The answer to a run that saves its progress. */
export interface SavedProgress {
  /** The operator who asked the run to stop. */
  readonly stopRequestedBy: string | undefined;
}

/**
 * OPEN: the run is under way, or its process died. INTERRUPTED: its process died, and a later run
 * continued the job. Otherwise the state of the job at the end of the run.
 */
export type AuditOutcome = "OPEN" | "INTERRUPTED" | "STOPPED" | "DONE" | "FAILED";

/** The person who runs an operation, and the place of the run. */
export interface Operator {
  readonly name: string;
  readonly host: string;
  /** The command line or request, without secrets. */
  readonly command: string;
}

/** One run of a job. It is opened before the first step and closed after the last. */
export interface NewAuditRecord {
  readonly jobId: string;
  readonly operation: string;
  readonly operator: Operator;
  readonly reason: string | undefined;
  readonly planHash: string;
  readonly before: JsonObject;
  readonly undoes: number | undefined;
}

export interface AuditRecord extends NewAuditRecord {
  readonly id: number;
  readonly outcome: AuditOutcome;
  /** Things that the run changed. */
  readonly changed: number;
  readonly openedAt: Date;
  readonly closedAt: Date | undefined;
  readonly after: JsonObject | undefined;
}

/** Selects audit records. A field that is left out selects all of them. */
export interface AuditFilter {
  /** Records with a lower id only, for the next page. */
  readonly beforeId?: number | undefined;
  readonly operation?: string | undefined;
  readonly operator?: string | undefined;
  readonly jobId?: string | undefined;
  readonly max: number;
}

/** Stores plans, their jobs and the audit records of all runs. */
export interface OperationStore {
  /** @returns false when a job has this id already; then nothing changes */
  addJob(tx: TxOrNone, job: NewJob): Promise<boolean>;
  findJob(tx: TxOrNone, jobId: string): Promise<Job | undefined>;
  /** Returns the newest valid plan of this change that no run has begun. */
  findNewestPlan(tx: TxOrNone, change: ChangeKey): Promise<Job | undefined>;
  /**
   * Returns the newest job of this change.
   * @param filter.statuses jobs in one of these states only; by default all
   */
  findNewestJob(
    tx: TxOrNone,
    filter: ChangeKey & { readonly statuses?: readonly JobStatus[] | undefined },
  ): Promise<Job | undefined>;
  /** Returns the jobs of this input that have begun to revert one of the records, newest first. */
  listUndoJobs(
    tx: TxOrNone,
    filter: Pick<ChangeKey, "operation" | "inputHash"> & { readonly auditIds: readonly number[] },
  ): Promise<readonly Job[]>;
  /** Jobs, newest first. */
  listJobs(
    tx: TxOrNone,
    filter: { readonly status: JobStatus | undefined; readonly max: number },
  ): Promise<readonly Job[]>;
  /**
   * Locks the lease until COMMIT, so that no other run can acquire it before this transaction ends.
   * @returns false when the lease has expired or belongs to another run
   */
  lockLease(tx: Tx, lease: Lease): Promise<boolean>;
  /**
   * Saves the progress of a job that is in one of the states `from`.
   * @returns undefined when the job has another state
   */
  saveProgress(
    tx: Tx,
    jobId: string,
    from: readonly JobStatus[],
    to: JobProgress,
  ): Promise<SavedProgress | undefined>;
  /**
   * Asks the run of a RUNNING job to stop. The run learns it when it saves its next step.
   * @param by the operator's name
   * @returns false when the job is not RUNNING
   */
  requestStop(tx: Tx, jobId: string, by: string): Promise<boolean>;
  /**
   * Begins the record of a run: marks earlier open records of the job as INTERRUPTED, forgets a
   * request to stop an earlier run, and opens a record.
   * @returns its id
   */
  openAudit(tx: Tx, record: NewAuditRecord): Promise<number>;
  /** Marks the open records of the job as INTERRUPTED. */
  interruptAudit(tx: Tx, jobId: string): Promise<void>;
  /**
   * Saves how many things the run has changed so far. The record of a run whose process dies keeps
   * this number.
   */
  countAudit(tx: Tx, id: number, changed: number): Promise<void>;
  closeAudit(
    tx: Tx,
    id: number,
    end: {
      readonly outcome: AuditOutcome;
      readonly changed: number;
      readonly after: JsonObject | undefined;
    },
  ): Promise<void>;
  findAudit(tx: TxOrNone, id: number): Promise<AuditRecord | undefined>;
  /** Audit records, newest first. */
  listAudit(tx: TxOrNone, filter: AuditFilter): Promise<readonly AuditRecord[]>;
}
