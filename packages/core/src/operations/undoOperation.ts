import { isDeepStrictEqual } from "node:util";
import type { CoreContext } from "../ports/coreContext.ts";
import type { JsonObject } from "../ports/operationStore.ts";
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
 * @throws AuditRecordNotFoundError, CannotUndoError
 */
export async function planUndo(core: CoreContext, auditId: number): Promise<PlannedJob> {
  return planOperation(core, { ...(await inverseOf(core, auditId)), undoes: auditId });
}
