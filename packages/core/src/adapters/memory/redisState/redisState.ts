import type { ApiLoad } from "../../../ports/apiLoad.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Room } from "../queue/room.ts";
import { type ExpiringMap, expiringMap } from "./expiringMap.ts";
import { serverClock } from "./serverClock.ts";

interface StoredLoad {
  readonly load: ApiLoad;
  readonly reportedAtMs: number;
}

/**
 * The state of the in-memory Redis, which all processes share. An adapter reads or changes the
 * state only inside a call on its link.
 */
export interface RedisState {
  /** The server's time for one call, in whole µs since the Unix epoch. */
  nowUs(): number;
  /** The server's time for one call, in whole ms since the Unix epoch. */
  nowMs(): number;
  /** The Redis state of each queue that was rebuilt, by queue id. */
  readonly rooms: Map<string, Room>;
  /** The owner of each seat's lock. */
  readonly locks: ExpiringMap<symbol | string>;
  /** The processes that listen for released seat locks. */
  readonly releaseListeners: Set<(seatIds: readonly number[]) => void>;
  /** The values that the cache stores. */
  readonly copies: ExpiringMap<unknown>;
  /** For each subject of a rate limit, the number of calls in the current window. */
  readonly windows: ExpiringMap<number>;
  /** The last report of each process that serves requests, by the name of the process. */
  readonly apiLoads: ExpiringMap<StoredLoad>;
  /** Deletes everything, as a restart of Redis without persistence does. */
  lose(): void;
}

/** @param given.clock the server's clock; its milliseconds may have fractions */
export function createRedisState(given: { readonly clock: Pick<Clock, "nowMs"> }): RedisState {
  const rooms = new Map<string, Room>();
  const locks = expiringMap<symbol | string>();
  const copies = expiringMap<unknown>();
  const windows = expiringMap<number>();
  const apiLoads = expiringMap<StoredLoad>();
  const nowUs = serverClock(given.clock);
  return {
    nowUs,
    nowMs: () => Math.floor(nowUs() / 1000),
    rooms,
    locks,
    releaseListeners: new Set(),
    copies,
    windows,
    apiLoads,
    lose() {
      for (const lost of [rooms, locks, copies, windows, apiLoads]) lost.clear();
    },
  };
}
