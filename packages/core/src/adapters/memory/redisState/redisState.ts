import type { Clock } from "../../../shared/clock.ts";
import type { Room } from "../queue/room.ts";
import { type ExpiringMap, expiringMap } from "./expiringMap.ts";
import { serverClock } from "./serverClock.ts";

/**
 * The state of the in-memory Redis, which all processes share. The adapters touch
 * it within a call on their link only.
 */
export interface RedisState {
  /** The server's time for one call, whole µs since the Unix epoch. */
  nowUs(): number;
  /** The same in whole ms. */
  nowMs(): number;
  /** The state of each queue that was rebuilt, by queue id. */
  readonly rooms: Map<string, Room>;
  /** The owner of each seat's lock. */
  readonly locks: ExpiringMap<symbol>;
  /** Serialised values of the cache. */
  readonly copies: ExpiringMap<Buffer>;
  /** How many calls each subject of a rate limit made in its window. */
  readonly windows: ExpiringMap<number>;
  /** Loses everything, as Redis does at a restart without data. */
  lose(): void;
}

/** @param given.clock the server's clock; its milliseconds may have fractions */
export function createRedisState(given: { readonly clock: Pick<Clock, "nowMs"> }): RedisState {
  const rooms = new Map<string, Room>();
  const locks = expiringMap<symbol>();
  const copies = expiringMap<Buffer>();
  const windows = expiringMap<number>();
  const nowUs = serverClock(given.clock);
  return {
    nowUs,
    nowMs: () => Math.floor(nowUs() / 1000),
    rooms,
    locks,
    copies,
    windows,
    lose() {
      for (const lost of [rooms, locks, copies, windows]) lost.clear();
    },
  };
}
