import { planSchema } from "../operations/planOperation.ts";
import { OPERATION_LEASE_PREFIX } from "../operations/targetLease.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { type Finding, finding } from "./findingList.ts";

const JOBS_MAX = 100;

/** Findings about the jobs of operators: a job with the status RUNNING that no process runs. */
export async function jobFindings(core: CoreContext): Promise<readonly Finding[]> {
  const running = await core.operations.listJobs(null, { status: "RUNNING", max: JOBS_MAX });
  if (running.length === 0) return [];
  const held = new Set((await core.leases.list(OPERATION_LEASE_PREFIX)).map(({ name }) => name));
  return running
    .filter(({ plan }) => {
      const { target } = planSchema.parse(plan);
      return target !== undefined && !held.has(`${OPERATION_LEASE_PREFIX}${target}`);
    })
    .map(({ id, operation, changed }) =>
      finding(
        "JOB_ABANDONED",
        `job ${id}`,
        `the job ${id} (${operation}) stopped after ${changed} changes without an end`,
      ),
    );
}
