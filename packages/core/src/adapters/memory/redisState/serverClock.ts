import type { Clock } from "../../../shared/clock.ts";

/** Further back than this, the clock was set anew, and the server goes with it. */
const CLOCK_STEP_US = 1_000_000;

/**
 * A server works its calls off one after the other, and no two of them fall into one microsecond.
 * A clock of coarser ticks must not change that: what came later has a later time.
 * @returns what tells the time of the next call, in whole µs since the Unix epoch
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
