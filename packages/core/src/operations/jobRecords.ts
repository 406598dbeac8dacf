import type { CoreContext } from "../ports/coreContext.ts";
import type { AuditRecord, Job } from "../ports/operationStore.ts";

/** Maximum number of audit records that are read to find the first run of a job. */
const RUNS_MAX = 1_000;

/** All audit records of a job, newest first. */
export function recordsOf(core: CoreContext, jobId: string): Promise<readonly AuditRecord[]> {
  return core.operations.listAudit(null, { jobId, max: RUNS_MAX });
}

/** The audit record of a job's last run; undefined before the first run. */
export async function lastRecordOf(
  core: CoreContext,
  jobId: string,
): Promise<AuditRecord | undefined> {
  const [last] = await core.operations.listAudit(null, { jobId, max: 1 });
  return last;
}

/** Whether a run of the job ended without closing its audit record: it died, or lost its lease. */
export async function hasDiedRun(core: CoreContext, { id }: Pick<Job, "id">): Promise<boolean> {
  const records = await recordsOf(core, id);
  return records.some(({ outcome }) => outcome === "OPEN" || outcome === "INTERRUPTED");
}
