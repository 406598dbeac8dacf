/** A scheduled job. */
export interface ScheduledJob {
  /** Stops the job, and waits until a running call has ended. */
  stop(): Promise<void>;
}

/** Calls jobs at fixed times of day. */
export interface Scheduler {
  /**
   * Calls the work at the times of the cron expression, in UTC. Skips a call while the previous
   * call is still running. This is true within one process; `runScheduledJob` prevents several
   * processes from running the work at the same time.
   */
  schedule(name: string, cron: string, work: () => Promise<void>): ScheduledJob;
}
