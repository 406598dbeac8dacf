import type { CoreContext } from "@onsale/core";
import type { Owner, Scheduler } from "./scheduler.ts";

/**
 * The scheduler's time as one machine sees it.
 * @param skewMs how far that machine's clock is ahead
 */
export function virtualClock(scheduler: Scheduler, owner: Owner, skewMs = 0): CoreContext["clock"] {
  return {
    nowMs: () => scheduler.nowMs + skewMs,
    monotonicMs: () => scheduler.elapsedMs,
    sleep: (ms, signal) => scheduler.sleep(owner, ms, signal),
  };
}
