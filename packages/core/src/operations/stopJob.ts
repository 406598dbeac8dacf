import type { CoreContext } from "../ports/coreContext.ts";
import type { Job } from "../ports/operationStore.ts";
import { endAbandoned } from "./endAbandoned.ts";
import { JobNotFoundError, JobNotRunningError } from "./errors.ts";
import type { Stop } from "./operation.ts";
import { operatorName } from "./operatorName.ts";
import { planSchema } from "./planOperation.ts";
import { LEASE_MS, OPERATION_LEASE_PREFIX } from "./targetLease.ts";

const LOOK_EVERY_MS = 250;

export interface StopJobInput {
  readonly jobId: string;
  /** The operator's name. */
  readonly by: string;
  /** How long to wait for the run, ms. The lease of a run that died expires after 10 s. */
  readonly waitMs: number;
}

/**
 * Stops a running job. Asks its run to stop after the step that it does now, and waits for it. When
 * no run has the lease of the target, the run has died or has lost the lease: then this call ends
 * the job as STOPPED and its audit record as INTERRUPTED. A stopped job continues with the next
 * run.
 * @returns the job, which is RUNNING when the run did not stop in time
 * @throws InvalidInputError for the name, JobNotFoundError, JobNotRunningError
 * @throws RunLostError when the process was suspended for longer than its lease; repeat the call
 */
export async function stopJob(core: CoreContext, input: StopJobInput): Promise<Job> {
  const { jobId, waitMs } = input;
  const by = operatorName(input.by);
  const job = await find(core, jobId);
  const isRunning = await core.withTransaction((tx) => core.operations.requestStop(tx, jobId, by));
  if (!isRunning) throw new JobNotRunningError(job);
  const untilMs = core.clock.monotonicMs() + waitMs;
  for (;;) {
    const current = await find(core, jobId);
    if (current.status !== "RUNNING") return current;
    if (await endWithoutRun(core, current, by)) return find(core, jobId);
    if (core.clock.monotonicMs() >= untilMs) return current;
    await core.clock.sleep(LOOK_EVERY_MS);
  }
}

/**
 * Ends the job when no run has it.
 * @returns false when a run has the lease
 */
async function endWithoutRun(
  core: CoreContext,
  { id: jobId, plan }: Job,
  by: string,
): Promise<boolean> {
  const { target } = planSchema.parse(plan);
  if (target === undefined) return false;
  const name = `${OPERATION_LEASE_PREFIX}${target}`;
  const lease = await core.leases.acquire(name, core.ids.uuid(), LEASE_MS);
  if (!lease) return false;
  const stopped: Stop = { reason: "requested", detail: `${by} ended the job; no run had it` };
  try {
    await endAbandoned(core, jobId, { lease }, stopped);
  } finally {
    await core.leases.release(lease).catch(() => undefined);
  }
  return true;
}

async function find(core: CoreContext, jobId: string): Promise<Job> {
  const job = await core.operations.findJob(null, jobId);
  if (!job) throw new JobNotFoundError(jobId);
  return job;
}
