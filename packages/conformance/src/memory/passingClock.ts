import { type Clock, systemClock } from "@onsale/core";

/** A clock that a test can move forward. */
export interface PassingClock extends Clock {
  /** Moves the clock forward. */
  pass(ms: number): void;
}

/** The machine's clock plus the passed time. Sleeps take their real time. */
export function passingClock(): PassingClock {
  let passedMs = 0;
  return {
    ...systemClock,
    nowMs: () => systemClock.nowMs() + passedMs,
    pass(ms) {
      passedMs += ms;
    },
  };
}
