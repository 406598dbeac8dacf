import type { Clock } from "../../../shared/clock.ts";

/**
 * When the clock goes back by more than this, an operator has set it, and the server uses the new
 * time.
 */
const CLOCK_STEP_US = 1_000_000;

/**
 * Makes the server's clock. No two calls get the same microsecond: a later call gets a later time,
 * even when the process's clock has coarser ticks.
 * @returns a function that returns the time of the next call, in whole µs since the Unix epoch
 */
export function serverClock(clock: Pick<Clock, "nowMs">): () => number {
  let lastUs = Number.NEGATIVE_INFINITY;
  return () => {
    const clockUs = Math.round(clock.nowMs() * 1000);
    const behindUs = lastUs - clockUs;
    lastUs = behindUs >= 0 && behindUs < CLOCK_STEP_US ? lastUs + 1 : clockUs;
    return lastUs;
  };
}
