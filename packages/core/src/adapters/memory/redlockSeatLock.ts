import type { SeatLock } from "../../ports/seatLock.ts";
import type { Clock } from "../../shared/clock.ts";
import { openLease } from "../shared/noSeatLock.ts";
import type { SeatLockOptions } from "../shared/seatLockOptions.ts";
import { unlessLost } from "./lostConnection.ts";
import type { RedisState } from "./redisState/redisState.ts";
import type { ServerLink } from "./serverLink.ts";

/**
 * Redlock's drift factor: how far server and process clocks may drift during the lock's lifetime.
 */
const DRIFT_FACTOR = 0.01;
/** The server may remove a lock up to this much too early or too late. */
const EXPIRY_PRECISION_MS = 2;

/**
 * Redlock (Sanfilippo, "Distributed Locks with Redis") on one in-memory server. A call tries once,
 * and locks all seats or none. After a refusal or a lost answer, the process releases the locks
 * that the server may have granted.
 */
export function memoryRedlock(
  redisState: RedisState,
  link: ServerLink,
  clock: Clock,
  options: SeatLockOptions,
): SeatLock {
  const { ttlMs, workBudgetMs = ttlMs / 2 } = options;
  const driftMs = Math.round(DRIFT_FACTOR * ttlMs) + EXPIRY_PRECISION_MS;
  const { locks, nowMs } = redisState;

  function takeAll(keys: readonly string[], owner: symbol): boolean {
    const takenAtMs = nowMs();
    if (keys.some((key) => locks.get(key, takenAtMs))) return false;
    for (const key of keys) locks.set(key, owner, takenAtMs + ttlMs, takenAtMs);
    return true;
  }

  function giveBack(keys: readonly string[], owner: symbol): void {
    const givenAtMs = nowMs();
    for (const key of keys) if (locks.get(key, givenAtMs)?.value === owner) locks.delete(key);
  }

  return {
    async tryAcquire(seatIds) {
      const keys = [...new Set(seatIds)].map(String);
      const owner = Symbol("lease");
      const release = (): Promise<void> =>
        unlessLost(
          link.call("redis", "seatLock.release", () => giveBack(keys, owner)),
          undefined,
        );
      const askedAtMs = clock.nowMs();
      const answer = await unlessLost(
        link.call("redis", "seatLock.acquire", () => takeAll(keys, owner)),
        "lost",
      );
      const validMs = askedAtMs + ttlMs - driftMs - clock.nowMs();
      if (answer === true && validMs > workBudgetMs) return { release };
      await release();
      return answer === "lost" ? openLease : undefined;
    },
  };
}
