import type { CoreContext } from "@onsale/core";
import type { Owner, Scheduler } from "./scheduler.ts";

/**
 * The clock of one machine, derived from the scheduler's time.
 * @param skewMs how far this clock is ahead, ms
 */
export function virtualClock(scheduler: Scheduler, owner: Owner, skewMs = 0): CoreContext["clock"] {
  return {
    nowMs: () => scheduler.nowMs + skewMs,
    monotonicMs: () => scheduler.elapsedMs,
    sleep: (ms, signal) => scheduler.sleep(owner, ms, signal),
  };
}
