import { isDeepStrictEqual } from "node:util";
import type { CoreContext } from "../ports/coreContext.ts";
import type { AuditRecord, JsonObject } from "../ports/operationStore.ts";
import { AuditRecordNotFoundError, CannotUndoError, JobNotFoundError } from "./errors.ts";
import type { AnyOperation } from "./operation.ts";
import { findOperation } from "./operationList.ts";
import { type PlannedJob, planOperation } from "./planOperation.ts";

/**
 * Finds the operation that reverts an audited run.
 * @throws AuditRecordNotFoundError
 * @throws CannotUndoError with the reason when the run changed nothing or has no inverse
 */
export async function inverseOf(
  core: CoreContext,
  auditId: number,
): Promise<{ readonly operation: AnyOperation; readonly input: JsonObject }> {
  const record = await core.operations.findAudit(null, auditId);
  if (!record) throw new AuditRecordNotFoundError(auditId);
  const job = await core.operations.findJob(null, record.jobId);
  if (!job) throw new JobNotFoundError(record.jobId);
  const { withInput, canUndoHalf = false } = findOperation(record.operation);
  if (job.status === "RUNNING" || (job.status === "STOPPED" && !canUndoHalf)) {
    throw new CannotUndoError(record, "its job is not finished; finish it first");
  }
  const isSame = isDeepStrictEqual(record.before, record.after);
  if (job.changed === 0 && isSame) throw new CannotUndoError(record, "it changed nothing");
  const found = withInput(job.input).inverse(record.before, job.id);
  if ("impossible" in found) throw new CannotUndoError(record, found.impossible);
  return { operation: findOperation(found.operation), input: found.input };
}

/**
 * Plans the inverse of an audited run. The plan is executed like any other, and its audit record
 * names the record that it reverts.
 * @throws AuditRecordNotFoundError, CannotUndoError, also when the run is reverted already
 */
export async function planUndo(core: CoreContext, auditId: number): Promise<PlannedJob> {
  await requireNotUndone(core, auditId);
  return planOperation(core, { ...(await inverseOf(core, auditId)), undoes: auditId });
}

/** @throws CannotUndoError when a later run has reverted the record */
async function requireNotUndone(core: CoreContext, auditId: number): Promise<void> {
  const record = await core.operations.findAudit(null, auditId);
  const undo = await undoInEffect(core, auditId);
  if (!record || !undo) return;
  throw new CannotUndoError(record, `audit record ${undo.id} has reverted it already`);
}

/**
 * Returns the newest run that reverts a record, if that run is done and is not reverted itself.
 * Each round looks at a later record, so the rounds end.
 */
async function undoInEffect(core: CoreContext, undoes: number): Promise<AuditRecord | undefined> {
  const [newest] = await core.operations.listAudit(null, { undoes, max: 1 });
  if (newest?.outcome !== "DONE") return undefined;
  return (await undoInEffect(core, newest.id)) === undefined ? newest : undefined;
}
