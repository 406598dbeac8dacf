import { type Clock, systemClock } from "../../src/shared/clock.ts";

/** A clock that a test can put forward. */
export interface PassingClock extends Clock {
  /** Moves time on by so much. */
  pass(ms: number): void;
}

/** The machine's clock, ahead by what was passed; sleeps last as long as they say. */
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
