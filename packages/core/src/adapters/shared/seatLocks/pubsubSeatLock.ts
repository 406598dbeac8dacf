import type { SeatLock } from "../../../ports/seatLock.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Attempt } from "./attempt.ts";
import type { ListenForReleases } from "./lockTable.ts";

/*
 * The strategy "pubsub"
 *
 * Problem: a buyer who waits for a locked seat by repeating the attempt loads Redis, and notices
 * the release late. Here Redis publishes each release, and a process has one subscription for all
 * of its waiting buyers.
 *
 *   attempt ── granted ──> lease
 *         └── refused ──> waits ── woken by a release ──> attempt again
 *                               └── the wait is over ──> refused
 *
 * - A waiter is registered before its attempt, so that no release between the attempt and the wait
 *   is missed.
 * - A release wakes one waiter of this process for each released seat, in the order of arrival.
 *   Waking all of them would make each release cost as many attempts as buyers wait. The owner that
 *   a woken waiter lost the seat to will publish a release too.
 * - A woken waiter that wants several seats can be refused because of a seat that is still locked.
 *   Then the release wakes the next waiter, who may want only the free one.
 *
 * Not promised: an order over processes, or a wake-up. A release is not published when its owner
 * died, and a message can be lost with the connection. The waiter is then refused at the end of
 * its wait. A process has at most WAITERS_MAX waiters; more are refused at once.
 */

/** Each waiter is an open request; a process has no more of them than it can answer. */
const WAITERS_MAX = 4096;

interface Waiter {
  readonly seatIds: readonly number[];
  /** The number of the newest release that woke this buyer; 0 for none. */
  release: number;
  /** Ends the wait. */
  readonly wake: AbortController;
}

/** Makes the lock of one process. */
export function pubsubSeatLock(
  attempt: Attempt,
  clock: Clock,
  waitMs: number,
  listen: ListenForReleases,
): SeatLock {
  // A Set keeps the order of arrival.
  const waiters = new Set<Waiter>();
  let releases = 0;

  /** Wakes the first waiter for one of the seats that the release has not woken before. */
  function wakeFirst(seatIds: readonly number[], release: number): void {
    for (const waiter of waiters) {
      if (waiter.release >= release) continue;
      if (!waiter.seatIds.some((seatId) => seatIds.includes(seatId))) continue;
      waiters.delete(waiter);
      waiter.release = release;
      waiter.wake.abort();
      return;
    }
  }

  listen((seatIds) => {
    releases += 1;
    for (const seatId of seatIds) wakeFirst([seatId], releases);
  });

  function enter(seatIds: readonly number[], release: number): Waiter | undefined {
    if (waiters.size === WAITERS_MAX) return undefined;
    const waiter = { seatIds, release, wake: new AbortController() };
    waiters.add(waiter);
    return waiter;
  }

  return {
    async tryAcquire(seatIds) {
      const untilMs = clock.monotonicMs() + waitMs;
      for (let release = 0; ; ) {
        const waiter = enter(seatIds, release);
        if (!waiter) return undefined;
        const { signal } = waiter.wake;
        try {
          const lease = await attempt(seatIds);
          if (lease) return lease;
          if (release > 0 && seatIds.length > 1) wakeFirst(seatIds, release);
          const leftMs = untilMs - clock.monotonicMs();
          if (leftMs > 0 && !signal.aborted) await clock.sleep(leftMs, signal);
          if (!signal.aborted) return undefined;
          if (leftMs <= 0) {
            wakeFirst(seatIds, waiter.release);
            return undefined;
          }
          release = waiter.release;
        } finally {
          waiters.delete(waiter);
        }
      }
    },
  };
}
