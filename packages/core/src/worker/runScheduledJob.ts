import type { CoreContext } from "../ports/coreContext.ts";

/**
 * A job that one worker runs at each scheduled time. `C` is the part of the core that the job
 * needs.
 */
export interface CoarseJob<C> {
  /** The job's name, which is also the name of its lease. */
  readonly name: string;
  /** Cron expression of the scheduled times, in UTC. */
  readonly cron: string;
  /**
   * Lifetime of the job's lease, ms. One run must end within this time. The lifetime must be longer
   * than the difference between the clocks of any two workers, and shorter than the time between
   * two runs.
   */
  readonly leaseMs: number;
  /** Runs the job in small steps and stops when `isMine` returns false. */
  readonly run: (core: C, isMine: () => boolean) => Promise<void>;
}

/**
 * Runs the job, unless another worker runs it at this scheduled time. The function lets the lease
 * expire instead of releasing it, so that a worker with a slower clock does not run the job a
 * second time.
 * @param owner the worker's name in the lease
 */
export async function runScheduledJob<
  C extends Pick<CoreContext, "clock" | "leases" | "metrics" | "log">,
>(core: C, job: CoarseJob<C>, owner: string, signal: AbortSignal): Promise<void> {
  const mineUntilMs = core.clock.monotonicMs() + job.leaseMs;
  const lease = await core.leases.acquire(`job:${job.name}`, owner, job.leaseMs);
  if (!lease || signal.aborted) return;
  const isMine = (): boolean => !signal.aborted && core.clock.monotonicMs() < mineUntilMs;
  const startedMs = core.clock.monotonicMs();
  await job.run(core, isMine);
  const seconds = (core.clock.monotonicMs() - startedMs) / 1000;
  core.metrics.observe("scheduled_job_seconds", { job: job.name }, seconds);
  core.log.debug(
    { event: "job.completed", job: job.name, epoch: lease.epoch, seconds },
    "A scheduled job has finished",
  );
}
