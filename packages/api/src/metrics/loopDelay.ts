import type { Clock } from "@onsale/core";

/** Measures how late the event loop runs its timers. */
export interface LoopDelay {
  /** Returns the longest delay since the last call, ms, and starts again. */
  takeMs(): number;
  stop(): void;
}

/** Interval of the measured timer: 100 measurements a second, for 0.1 percent of the CPU. */
const INTERVAL_MS = 10;

/**
 * Starts the measurement.
 *
 * `monitorEventLoopDelay` of Node is not used: after `reset` it ignores the time until its next
 * timer. In a process without time, this can be the whole window.
 */
export function loopDelay(clock: Clock): LoopDelay {
  const stopping = new AbortController();
  let longestMs = 0;
  let dueMs = 0;

  /** Counts the delay until now. A delay that goes on is counted apart. */
  function note(): void {
    const nowMs = clock.monotonicMs();
    longestMs = Math.max(longestMs, nowMs - dueMs);
    dueMs = Math.max(dueMs, nowMs);
  }

  async function measure(): Promise<void> {
    while (!stopping.signal.aborted) {
      dueMs = clock.monotonicMs() + INTERVAL_MS;
      await clock.sleep(INTERVAL_MS, stopping.signal);
      note();
    }
  }

  void measure();
  return {
    takeMs() {
      // The timer that is overdue has not been counted yet.
      note();
      const takenMs = longestMs;
      longestMs = 0;
      return takenMs;
    },
    stop: () => stopping.abort("stopped"),
  };
}
