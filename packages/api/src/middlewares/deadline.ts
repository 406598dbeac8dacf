import type { Clock } from "@onsale/core";
import type { Middleware } from "../http/state.ts";
import { DeadlineExceededError } from "../problems/errors.ts";

interface Waiter {
  readonly dueMs: number;
  readonly expire: () => void;
}

/**
 * Interval of the check for passed deadlines, which is also the longest delay. One timer for all
 * requests costs less than a timer for each request.
 */
const SWEEP_MS = 100;

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
  // All deadlines have the same length, so the order of insertion is the order of the deadlines.
  const waiters = new Set<Waiter>();
  let sweeping = false;

  async function sweep(): Promise<void> {
    sweeping = true;
    while (waiters.size > 0) {
      await clock.sleep(Math.min(SWEEP_MS, timeoutMs));
      const nowMs = clock.monotonicMs();
      for (const waiter of waiters) {
        if (waiter.dueMs > nowMs) break;
        waiters.delete(waiter);
        waiter.expire();
      }
    }
    sweeping = false;
  }

  return (work, onOverdue) =>
    new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        dueMs: clock.monotonicMs() + timeoutMs,
        expire() {
          onOverdue();
          reject(errorOf(timeoutMs));
        },
      };
      waiters.add(waiter);
      if (!sweeping) void sweep();
      work()
        .finally(() => waiters.delete(waiter))
        .then(resolve, reject);
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
