import { isDeepStrictEqual } from "node:util";
import type { CoreContext } from "../ports/coreContext.ts";
import type { AuditRecord, Job, JsonObject } from "../ports/operationStore.ts";
import { AuditRecordNotFoundError, CannotUndoError, JobNotFoundError } from "./errors.ts";
import { recordsOf } from "./jobRecords.ts";
import type { AnyOperation, Change } from "./operation.ts";
import { findOperation } from "./operationList.ts";
import { findOtherUndos, undoUnderWay } from "./otherUndo.ts";
import { changeOf, keyOf, type PlannedJob, planHashOf, planOperation } from "./planOperation.ts";
import { isLeased } from "./targetLease.ts";

/** The operation that reverts an audited change. */
interface InverseOperation {
  readonly operation: AnyOperation;
  readonly input: JsonObject;
}

/** An audited change with its inverse. */
interface Undo extends InverseOperation {
  readonly record: AuditRecord;
  /** All audit records of the change's job, newest first. */
  readonly records: readonly AuditRecord[];
}

/**
 * Finds the operation that reverts an audited change.
 * @throws AuditRecordNotFoundError
 * @throws CannotUndoError with the reason when the job changed nothing or has no inverse
 */
export async function inverseOf(core: CoreContext, auditId: number): Promise<InverseOperation> {
  const { operation, input } = await undoOf(core, auditId);
  return { operation, input };
}

/**
 * Plans the inverse of an audited change. The plan is executed like any other, and its audit record
 * names the record that it reverts. A change is undone at most once.
 * @throws AuditRecordNotFoundError
 * @throws CannotUndoError also when another job has undone the change, or is undoing it
 */
export async function planUndo(core: CoreContext, auditId: number): Promise<PlannedJob> {
  const undo = await undoOf(core, auditId);
  await requireFirstUndo(core, undo);
  const { operation, input } = undo;
  return planOperation(core, { operation, input, undoes: auditId });
}

async function undoOf(core: CoreContext, auditId: number): Promise<Undo> {
  const record = await core.operations.findAudit(null, auditId);
  if (!record) throw new AuditRecordNotFoundError(auditId);
  const job = await core.operations.findJob(null, record.jobId);
  if (!job) throw new JobNotFoundError(record.jobId);
  const { withInput, canUndoHalf = false } = findOperation(record.operation);
  if (job.status === "RUNNING" || (job.status === "STOPPED" && !canUndoHalf)) {
    throw new CannotUndoError(record, "its job is not finished; finish it first");
  }
  const records = await recordsOf(core, job.id);
  // The first run of the job saw the state before the change, and the last run the state after it.
  const { before } = records.at(-1) ?? record;
  const { after } = records[0] ?? record;
  if (job.changed === 0 && isDeepStrictEqual(before, after)) {
    throw new CannotUndoError(record, "it changed nothing");
  }
  const found = withInput(job.input).inverse(before, job.id);
  if ("impossible" in found) throw new CannotUndoError(record, found.impossible);
  return { record, records, operation: findOperation(found.operation), input: found.input };
}

/** @throws CannotUndoError when another job has undone the change, or is undoing it */
async function requireFirstUndo(core: CoreContext, undo: Undo): Promise<void> {
  const { record, records } = undo;
  const change = changeOf(undo.operation, undo.input);
  const { done, underWay, begun } = await findOtherUndos(core, keyOf(change), records);
  if (underWay) throw undoUnderWay(record, underWay);
  if (done) {
    const chain = await undoChain(core, done);
    const [undoneBy = 0] = chain;
    const last = chain.at(-1) ?? undoneBy;
    const text =
      chain.length % 2 === 1
        ? `audit record ${last} undid it already`
        : `audit record ${undoneBy} undid it, and audit record ${last} undid that; undo ${last}`;
    throw new CannotUndoError(record, text, { jobId: done.id, undoneBy });
  }
  if (begun && (await canBegin(core, change, begun))) throw undoUnderWay(record, begun);
}

/**
 * The audit records that undid each other, in their order.
 * @param first the job that undid the change
 */
async function undoChain(core: CoreContext, first: Job): Promise<readonly number[]> {
  const chain: number[] = [];
  let job: Job | undefined = first;
  while (job) {
    const records = await recordsOf(core, job.id);
    chain.push(records[0]?.id ?? 0);
    const found = findOperation(job.operation)
      .withInput(job.input)
      .inverse(records.at(-1)?.before ?? {}, job.id);
    if ("impossible" in found) break;
    const change = changeOf(findOperation(found.operation), found.input);
    job = (await findOtherUndos(core, keyOf(change), records)).done;
  }
  return chain;
}

/** Whether a run of the job is alive, or its plan can still be executed. */
async function canBegin(core: CoreContext, change: Change, job: Job): Promise<boolean> {
  if (job.status === "RUNNING" && (await isLeased(core, change.target()))) return true;
  if (!job.isValid) return false;
  const { facts } = await change.plan(core);
  return planHashOf(change, facts) === job.planHash;
}
