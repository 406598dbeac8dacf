import type { CoreContext } from "../ports/coreContext.ts";
import type { Job } from "../ports/operationStore.ts";
import { JobNotFoundError, JobNotRunningError } from "./errors.ts";

const LOOK_EVERY_MS = 250;

/**
 * Asks the run of a job to stop after the step that it does now, and waits for it. The job
 * continues with the next run.
 * @param request.by the operator's name
 * @param request.waitMs how long to wait; a run whose process died never stops
 * @returns the job, which is RUNNING when the run did not stop in time
 * @throws JobNotFoundError, JobNotRunningError
 */
export async function stopJob(
  core: CoreContext,
  request: { readonly jobId: string; readonly by: string; readonly waitMs: number },
): Promise<Job> {
  const { jobId, by, waitMs } = request;
  const job = await find(core, jobId);
  const isRunning = await core.withTransaction((tx) => core.operations.requestStop(tx, jobId, by));
  if (!isRunning) throw new JobNotRunningError(job);
  const untilMs = core.clock.monotonicMs() + waitMs;
  for (;;) {
    const current = await find(core, jobId);
    if (current.status !== "RUNNING" || core.clock.monotonicMs() >= untilMs) return current;
    await core.clock.sleep(LOOK_EVERY_MS);
  }
}

async function find(core: CoreContext, jobId: string): Promise<Job> {
  const job = await core.operations.findJob(null, jobId);
  if (!job) throw new JobNotFoundError(jobId);
  return job;
}
