import type { CoreContext } from "../ports/coreContext.ts";
import type { CoreError } from "../shared/errors.ts";
import { JobRunningError, PlanExpiredError, PlanMissingError } from "./errors.ts";
import type { Change } from "./operation.ts";
import { OPERATION_LEASE_PREFIX } from "./targetLease.ts";

/**
 * Returns the error about a change that has no valid plan. An operator meets it after a run that
 * stopped or died, and when another terminal has just executed the plan: the error names that job.
 */
export async function whyNoPlan(
  core: CoreContext,
  change: Change,
  inputHash: string,
): Promise<CoreError> {
  const { operation } = change;
  const of = { operation, inputHash };
  // A job that can continue matters more than a plan that has expired.
  const job =
    (await core.operations.findNewestJob(null, { ...of, statuses: ["RUNNING", "STOPPED"] })) ??
    (await core.operations.findNewestJob(null, of));
  if (!job) return new PlanMissingError(operation);
  if (job.status === "PLANNED") return new PlanExpiredError(job);
  if (job.status === "RUNNING") {
    const name = `${OPERATION_LEASE_PREFIX}${change.target()}`;
    const isAlive = (await core.leases.list(name)).some((lease) => lease.name === name);
    if (isAlive) return new JobRunningError(operation, change.target(), job.id);
  }
  const [run] = await core.operations.listAudit(null, { jobId: job.id, max: 1 });
  return new PlanMissingError(
    operation,
    job,
    run && { auditId: run.id, operator: run.operator.name, closedAt: run.closedAt },
  );
}
