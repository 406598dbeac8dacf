import type { Clock } from "@onsale/core";
import { DeadlineExceededError } from "../errors.ts";
import type { Middleware } from "../http/state.ts";

interface Waiter {
  readonly dueMs: number;
  readonly expire: () => void;
}

/** How late a deadline may be noticed: one timer for all requests costs less than one for each. */
const SWEEP_MS = 100;

/** Answers every request within `timeoutMs`, whatever its work still waits for. */
export function deadline(clock: Clock, timeoutMs: number): Middleware {
  // All deadlines are equally long, so the set's order of insertion is their order in time.
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

  return (ctx, next) =>
    new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        dueMs: clock.monotonicMs() + timeoutMs,
        expire() {
          ctx.state.overdue = true;
          reject(new DeadlineExceededError(timeoutMs));
        },
      };
      waiters.add(waiter);
      if (!sweeping) void sweep();
      next()
        .finally(() => waiters.delete(waiter))
        .then(resolve, reject);
    });
}
