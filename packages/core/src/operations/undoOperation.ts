import type { CoreContext } from "../ports/coreContext.ts";
import { AuditRecordNotFoundError, CannotUndoError, JobNotFoundError } from "./errors.ts";
import { findOperation } from "./operationList.ts";
import { type PlannedJob, planOperation } from "./planOperation.ts";

/**
 * Plans the inverse of an audited run. The plan is executed like any other, and its audit record
 * names the record that it reverts.
 * @throws AuditRecordNotFoundError
 * @throws CannotUndoError with the reason when the run changed nothing or has no inverse
 */
export async function planUndo(core: CoreContext, auditId: number): Promise<PlannedJob> {
  const record = await core.operations.findAudit(null, auditId);
  if (!record) throw new AuditRecordNotFoundError(auditId);
  const job = await core.operations.findJob(null, record.jobId);
  if (!job) throw new JobNotFoundError(record.jobId);
  if (job.status === "RUNNING" || job.status === "STOPPED") {
    throw new CannotUndoError(record, "its job is not finished; finish it first");
  }
  if (job.changed === 0) throw new CannotUndoError(record, "it changed nothing");
  const operation = findOperation(record.operation);
  const inverse = operation.inverse(operation.parse(job.input), record.before);
  if ("impossible" in inverse) throw new CannotUndoError(record, inverse.impossible);
  const { operation: name, input } = inverse;
  return planOperation(core, { operation: findOperation(name), input, undoes: auditId });
}
