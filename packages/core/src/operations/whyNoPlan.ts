import type { CoreContext } from "../ports/coreContext.ts";
import type { ChangeKey } from "../ports/operationStore.ts";
import type { CoreError } from "../shared/errors.ts";
import { JobRunningError, PlanExpiredError, PlanMissingError } from "./errors.ts";
import { lastRecordOf } from "./jobRecords.ts";
import type { Change } from "./operation.ts";
import { isLeased } from "./targetLease.ts";

/**
 * Returns the error about a change that has no valid plan. An operator meets it after a run that
 * stopped or died, and when another terminal has just executed the plan: the error names that job.
 */
export async function whyNoPlan(
  core: CoreContext,
  change: Change,
  key: ChangeKey,
): Promise<CoreError> {
  const { operation } = change;
  // A job that can continue matters more than a plan that has expired.
  const job =
    (await core.operations.findNewestJob(null, { ...key, statuses: ["RUNNING", "STOPPED"] })) ??
    (await core.operations.findNewestJob(null, key));
  if (!job) return new PlanMissingError(operation);
  if (job.status === "PLANNED") return new PlanExpiredError(job);
  if (job.status === "RUNNING") {
    const isAlive = await isLeased(core, change.target());
    if (isAlive) return new JobRunningError(operation, change.target(), job.id);
  }
  const run = await lastRecordOf(core, job.id);
  return new PlanMissingError(
    operation,
    job,
    run && { auditId: run.id, operator: run.operator.name, closedAt: run.closedAt },
  );
}
