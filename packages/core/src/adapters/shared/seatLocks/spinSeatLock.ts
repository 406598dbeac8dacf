import type { SeatLock } from "../../../ports/seatLock.ts";
import type { Clock } from "../../../shared/clock.ts";
import { backoffMs, type Random } from "../../../shared/random.ts";
import type { Attempt } from "./attempt.ts";

const BACKOFF_BASE_MS = 4;
/** A hold takes a few milliseconds, so a longer pause would leave the seat unlocked for long. */
const BACKOFF_CEILING_MS = 64;

/**
 * The strategy "spin": repeats the attempt after random pauses (`backoffMs`) until the lock is
 * granted or the wait is over.
 */
export function spinSeatLock(
  attempt: Attempt,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  waitMs: number,
): SeatLock {
  return {
    async tryAcquire(seatIds) {
      const untilMs = clock.monotonicMs() + waitMs;
      for (let number = 1; ; number += 1) {
        const lease = await attempt(seatIds);
        if (lease) return lease;
        const pauseMs = backoffMs(random, number, BACKOFF_BASE_MS, BACKOFF_CEILING_MS);
        if (clock.monotonicMs() + pauseMs >= untilMs) return undefined;
        await clock.sleep(pauseMs);
      }
    },
  };
}
