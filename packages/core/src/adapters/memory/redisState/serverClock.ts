import type { Clock } from "../../../shared/clock.ts";

/** A step back by more than this means that the clock was set; the server follows it. */
const CLOCK_STEP_US = 1_000_000;

/**
 * A server handles its calls one after the other, and no two of them in one microsecond. Also with
 * a clock of coarser ticks, a later call has a later time.
 * @returns a function that answers the time of the next call, in whole µs since the Unix epoch
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
