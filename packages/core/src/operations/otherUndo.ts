import type { CoreContext } from "../ports/coreContext.ts";
import type { AuditRecord, ChangeKey, Job } from "../ports/operationStore.ts";
import { CannotUndoError } from "./errors.ts";
import { lastRecordOf, recordsOf } from "./jobRecords.ts";
import { areStepsDone } from "./runSteps.ts";

/*
 * One undo for each change
 *
 * Problem: an inverse may be a change of its own, such as a ledger entry. When two operators undo
 * one change, or one operator repeats the command, the second undo would revert the first state.
 *
 * A job is undone at most once. All audit records of a job stand for the same change, so the undo
 * of one of them is the undo of all. The undo is a job with records of its own: it is undone by the
 * undo of its own record, and so on. The last record of such a chain is the only one that can be
 * undone, so each undo reverts the state that the previous one left.
 *
 * Failures:
 * - Two undo plans for one change are executed at the same time: the lease of their target lets one
 *   run at a time, and the second run finds the first one and is refused.
 * - A run of an undo dies or stops: its job continues, and every other undo is refused. An undo
 *   that has saved no step and whose plan can no longer run does not count.
 * - An undo failed, or changed nothing: another job can undo the change, and its plan shows what is
 *   left.
 *
 * Not promised: that an undo knows what plain operations have reverted meanwhile. The facts of its
 * plan show the state to the operator.
 */

/**
 * Whether a step of the job is saved. Until then the job rests on the facts of its plan, also when
 * a run of it has begun: the run may have died a week ago, and its change may have been made since.
 */
export function hasSavedStep({ checkpoint, changed, outcome }: Job): boolean {
  return checkpoint !== undefined || changed > 0 || areStepsDone(outcome);
}

/** The jobs that undid a change, and those that may still do so. */
export interface OtherUndos {
  /** A job that is DONE and changed something. */
  readonly done: Job | undefined;
  /** A job that can continue after its last saved step. */
  readonly underWay: Job | undefined;
  /** A job whose run has saved no step. */
  readonly begun: Job | undefined;
}

/**
 * Finds the jobs that undo a change.
 * @param undo operation and input of the inverse
 * @param records all audit records of the change's job
 * @param ownJobId a job that is not another one
 */
export async function findOtherUndos(
  core: CoreContext,
  undo: Pick<ChangeKey, "operation" | "inputHash">,
  records: readonly AuditRecord[],
  ownJobId?: string,
): Promise<OtherUndos> {
  const { operation, inputHash } = undo;
  const auditIds = records.map(({ id }) => id);
  const found = await core.operations.listUndoJobs(null, { operation, inputHash, auditIds });
  const jobs = found.filter(({ id }) => id !== ownJobId);
  const live = jobs.filter(({ status }) => status === "RUNNING" || status === "STOPPED");
  return {
    done: jobs.find(({ status, changed }) => status === "DONE" && changed > 0),
    underWay: live.find(hasSavedStep),
    begun: live.find((job) => !hasSavedStep(job)),
  };
}

/**
 * Refuses an undo whose change another job has reverted, or has begun to revert. A run that has the
 * lease of the target calls it before its first step, so no other undo of the change is alive.
 * @param undo a change that reverts nothing passes
 * @throws CannotUndoError
 */
export async function requireNotUndone(core: CoreContext, undo: ChangeKey): Promise<void> {
  const { undoes } = undo;
  const record = undoes === undefined ? undefined : await core.operations.findAudit(null, undoes);
  if (!record) return;
  const records = await recordsOf(core, record.jobId);
  const { done, underWay } = await findOtherUndos(core, undo, records);
  if (underWay) throw undoUnderWay(record, underWay);
  if (!done) return;
  const undoneBy = (await lastRecordOf(core, done.id))?.id ?? 0;
  const text = `audit record ${undoneBy} undid it already`;
  throw new CannotUndoError(record, text, { jobId: done.id, undoneBy });
}

/** The refusal while another job is undoing the same change. */
export function undoUnderWay(record: AuditRecord, { id, status }: Job): CannotUndoError {
  const text = `the job ${id}, which is ${status}, undoes it; continue that job`;
  return new CannotUndoError(record, text, { jobId: id, jobStatus: status });
}
