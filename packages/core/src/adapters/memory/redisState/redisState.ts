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
  /** The waiting rooms by queue id; none where nobody has rebuilt one. */
  readonly rooms: Map<string, Room>;
  /** The owner of each seat's lock. */
  readonly locks: ExpiringMap<symbol>;
  /** Serialised values. */
  readonly copies: ExpiringMap<Buffer>;
  /** The calls of each subject in its window. */
  readonly windows: ExpiringMap<number>;
  /** Loses everything, as Redis does at a restart without its data. */
  lose(): void;
}

/** @param given the clock is the server's own; its ms may have fractions */
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
