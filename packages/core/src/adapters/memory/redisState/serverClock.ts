import type { Clock } from "../../../shared/clock.ts";

/** A larger step back means that the clock was set; the server then uses the new time. */
const CLOCK_STEP_US = 1_000_000;

/**
 * A server handles its calls one after the other, and gives no two calls the same microsecond. Even
 * when the clock has coarser ticks, a later call gets a later time.
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
