import type { CoreContext } from "../ports/coreContext.ts";

/** A job that one worker runs at each tick. `C` is the part of the core that it needs. */
export interface CoarseJob<C> {
  /** Also the name of its lease. */
  readonly name: string;
  /** Cron expression of its ticks, in UTC. */
  readonly cron: string;
  /**
   * Time in ms for which one run excludes other workers, and the most that a run may take: longer
   * than clocks differ, shorter than the time between two ticks.
   */
  readonly leaseMs: number;
  /** Works in small steps and stops when `isMine` returns false. */
  readonly run: (core: C, isMine: () => boolean) => Promise<void>;
}

/**
 * Runs the job unless another worker runs it at this tick. The lease is not released but expires,
 * so that a worker with a slower clock does not run the same tick again.
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
  core.metrics.observe("scheduled_job_seconds", seconds, { job: job.name });
  core.log.debug(
    { event: "job.completed", job: job.name, epoch: lease.epoch, seconds },
    "A scheduled job completed",
  );
}
