import type { ListenForReleases, LockTable } from "../shared/seatLocks/lockTable.ts";
import { unlessLost } from "./lostConnection.ts";
import type { RedisState } from "./redisState/redisState.ts";
import type { ServerLink } from "./serverLink.ts";

/** The seat locks of the in-memory Redis. */
export interface MemoryLockTable extends LockTable {
  /** Gives the owner's locks their whole life again. Never rejects. */
  renew(seatIds: readonly number[], token: string): Promise<void>;
  readonly listen: ListenForReleases;
}

export function memoryLockTable(
  { locks, nowMs, releaseListeners }: RedisState,
  link: ServerLink,
  ttlMs: number,
): MemoryLockTable {
  const owned = (seatIds: readonly number[], token: string, atMs: number): readonly number[] =>
    seatIds.filter((seatId) => locks.get(String(seatId), atMs)?.value === token);

  function lockAll(seatIds: readonly number[], token: string): void {
    const atMs = nowMs();
    for (const seatId of seatIds) locks.set(String(seatId), token, atMs + ttlMs, atMs);
  }

  return {
    take: (seatIds, token) =>
      unlessLost(
        link.call("redis", "seatLock.acquire", () => {
          const atMs = nowMs();
          if (seatIds.some((seatId) => locks.get(String(seatId), atMs))) return "refused" as const;
          lockAll(seatIds, token);
          return "taken" as const;
        }),
        "lost",
      ),
    giveBack: (seatIds, token) =>
      unlessLost(
        link.call("redis", "seatLock.release", () => {
          const released = owned(seatIds, token, nowMs());
          for (const seatId of released) locks.delete(String(seatId));
          if (released.length > 0) for (const listener of releaseListeners) listener(released);
        }),
        undefined,
      ),
    renew: (seatIds, token) =>
      unlessLost(
        link.call("redis", "seatLock.renew", () => lockAll(owned(seatIds, token, nowMs()), token)),
        undefined,
      ),
    listen: (listener) => void releaseListeners.add(listener),
  };
}
