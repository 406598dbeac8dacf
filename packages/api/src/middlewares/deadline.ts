import { type Clock, deadlineSweep } from "@onsale/core";
import type { Middleware } from "../http/state.ts";
import { DeadlineExceededError } from "../problems/errors.ts";

/** Interval of the check for passed deadlines, which pass one or two intervals late. */
const SWEEP_MS = 50;

/**
 * Limits how long a caller waits for work. Work that takes too long continues, but its result is
 * ignored.
 * @param errorOf makes the error; default: DeadlineExceededError
 * @returns a function that waits for work. At the deadline it calls `onOverdue` and throws the
 *   error of `errorOf`
 */
export function deadlines(
  clock: Clock,
  timeoutMs: number,
  errorOf: (timeoutMs: number) => Error = (ms) => new DeadlineExceededError(ms),
): (work: () => Promise<void>, onOverdue: () => void) => Promise<void> {
  const startDeadline = deadlineSweep(clock, { timeoutMs, sweepMs: SWEEP_MS });
  return (work, onOverdue) =>
    new Promise<void>((resolve, reject) => {
      const endDeadline = startDeadline(() => {
        onOverdue();
        reject(errorOf(timeoutMs));
      });
      work().then(
        () => {
          endDeadline();
          resolve();
        },
        (error: unknown) => {
          endDeadline();
          reject(error);
        },
      );
    });
}

/** Answers every request within `timeoutMs`, even when its work has not ended. */
export function deadline(clock: Clock, timeoutMs: number): Middleware {
  const within = deadlines(clock, timeoutMs);
  return (ctx, next) =>
    within(next, () => {
      ctx.state.overdue = true;
    });
}
