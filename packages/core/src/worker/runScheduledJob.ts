import type { CoreContext } from "../ports/coreContext.ts";

/** A coarse job that any worker may do, but one for each tick. `C` is what it needs of the core. */
export interface CoarseJob<C> {
  /** Names its lease. */
  readonly name: string;
  /** When, in UTC. */
  readonly cron: string;
  /**
   * How long one run keeps the others out: longer than clocks differ, shorter than the time between
   * two ticks. It is also how long a run may take.
   */
  readonly leaseMs: number;
  /** Does its work in small pieces, as long as `isMine` says so. */
  readonly run: (core: C, isMine: () => boolean) => Promise<void>;
}

/**
 * Runs the job unless another worker has this tick. The lease is not given back: it runs out, so
 * that a worker whose clock is a little late finds the tick taken. Only the owner of the newest
 * epoch works on.
 * @param owner names the worker
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
  core.log.debug({ job: job.name, epoch: lease.epoch, seconds }, "A scheduled job ran");
}
