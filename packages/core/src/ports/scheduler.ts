/** A job that is called again and again. */
export interface ScheduledJob {
  /** Ends the calls and waits for the one that runs. */
  stop(): Promise<void>;
}

/** Calls coarse jobs by the calendar. */
export interface Scheduler {
  /**
   * Calls the work at the times of the cron expression, in UTC. A call whose predecessor still runs
   * in this process is left out; other processes are not known here, see `runScheduledJob`.
   */
  schedule(name: string, cron: string, work: () => Promise<void>): ScheduledJob;
}
