import { Mutex } from "redis-semaphore";
import type { SeatLock } from "../../../ports/seatLock.ts";
import { openLease } from "../../shared/noSeatLock.ts";
import type { RedisConnection } from "../connection.ts";

/**
 * A mutex of redis-semaphore that fails fast while Redis does not answer. The library renews a lock
 * on a timer of its own, where a rejected promise would end the process.
 */
class SeatMutex extends Mutex {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection, key: string, ttlMs: number) {
    super(redis.client, key, {
      lockTimeout: ttlMs,
      acquireAttemptsLimit: 1,
      retryInterval: 0,
      // The database decides, so a hold whose lock was lost may continue.
      onLockLost: () => undefined,
    });
    this.#redis = redis;
    // The library begins its keys with "mutex:", before the prefix of this installation.
    this._key = key;
  }

  protected override _acquire(signal?: AbortSignal): Promise<boolean> {
    return this.#redis.run(() => super._acquire(signal));
  }

  protected override _refresh(): Promise<boolean> {
    return this.#redis.run(() => super._refresh()).catch(() => false);
  }

  protected override _release(): Promise<void> {
    return this.#redis.run(() => super._release()).catch(() => undefined);
  }
}

/**
 * The strategy "semaphore": one mutex of the library redis-semaphore for each seat, tried once. The
 * library renews the locks while the process works, so a stalled database does not let a second
 * buyer through, as the fixed lifetime of Redlock does.
 */
export function semaphoreSeatLock(redis: RedisConnection, prefix: string, ttlMs: number): SeatLock {
  return {
    async tryAcquire(seatIds) {
      const held: SeatMutex[] = [];
      const release = async (): Promise<void> => {
        await Promise.all(held.splice(0).map((mutex) => mutex.release()));
      };
      for (const seatId of new Set(seatIds)) {
        const mutex = new SeatMutex(redis, `${prefix}seat-mutex:${seatId}`, ttlMs);
        let isLocked: boolean;
        try {
          isLocked = await mutex.tryAcquire();
        } catch {
          // Redis does not answer. What it has locked expires.
          await release();
          return openLease;
        }
        if (!isLocked) {
          await release();
          return undefined;
        }
        held.push(mutex);
      }
      return { release };
    },
  };
}
