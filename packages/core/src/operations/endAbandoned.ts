import type { CoreContext } from "../ports/coreContext.ts";
import { saveProgress } from "./endRun.ts";
import type { Stop } from "./operation.ts";
import { areStepsDone } from "./runSteps.ts";
import { type HeldLease, LEASE_MS, requireLease } from "./targetLease.ts";

/**
 * Ends a RUNNING job that no run has, as STOPPED, and its audit record as INTERRUPTED. Does nothing
 * to a job in another state.
 * @param held the lease of the job's target, which keeps every run away meanwhile
 * @throws RunLostError when this process was suspended for longer than the lease
 */
export async function endAbandoned(
  core: CoreContext,
  jobId: string,
  held: HeldLease,
  stopped: Stop,
): Promise<void> {
  await core.withTransaction(async (tx) => {
    await requireLease(core, tx, { held, job: { id: jobId }, leaseMs: LEASE_MS });
    const job = await core.operations.findJob(tx, jobId);
    if (job?.status !== "RUNNING") return;
    // The outcome of a job whose steps are done must stay, so that it repeats no step.
    const isDone = areStepsDone(job.outcome);
    const outcome = isDone ? job.outcome : { verifications: [], stopped };
    const { checkpoint, changed } = job;
    const end = { status: "STOPPED", checkpoint, changed, outcome } as const;
    await saveProgress(core, tx, { jobId, status: "RUNNING" }, end);
    await core.operations.interruptAudit(tx, jobId);
  });
}
