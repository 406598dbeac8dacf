/** A scheduled job. */
export interface ScheduledJob {
  /** Stops the job, and waits for a call that is running. */
  stop(): Promise<void>;
}

/** Calls jobs at times of day. */
export interface Scheduler {
  /**
   * Calls the work at the times of the cron expression, in UTC. Skips a call while the one before
   * it runs in this process; `runScheduledJob` keeps other processes from running it.
   */
  schedule(name: string, cron: string, work: () => Promise<void>): ScheduledJob;
}
