import Redlock from "redlock";
import type { SeatLock } from "../../../ports/seatLock.ts";
import type { Clock } from "../../../shared/clock.ts";
import { openLease } from "../../shared/noSeatLock.ts";
import type { SeatLockOptions } from "../../shared/seatLockOptions.ts";
import type { RedisConnection } from "../connection.ts";

/**
 * One hash tag for all seats: a script may touch several keys only where they share a slot. Looking
 * up each seat's performance to spread them would cost more than the locks do.
 */
const SLOT = "{seat-lock}";

type Callback = (error: Error | null, result?: unknown) => void;

/**
 * Redlock (Sanfilippo, "Distributed Locks with Redis") as a try-lock with one key for each seat: a
 * hot seat's losers turn away here, before they reach the database. All seats of a call are taken
 * together or not at all.
 */
export function redlockSeatLock(
  redis: RedisConnection,
  prefix: string,
  clock: Clock,
  options: SeatLockOptions,
): SeatLock {
  const { ttlMs, workBudgetMs = ttlMs / 2 } = options;
  let failures = 0;
  const send = (work: Promise<unknown>, callback?: Callback): void => {
    // The callbacks' own promises are redlock's affair: returned here, a failed release of a lost
    // vote would be a rejection that nobody handles, and end the process.
    work.then(
      (result) => {
        callback?.(null, result);
      },
      (error) => {
        const failure = error instanceof Error ? error : new Error(String(error));
        if (!failure.message.startsWith("NOSCRIPT")) failures += 1;
        callback?.(failure);
      },
    );
  };
  // Redlock asks through the guarded connection, so that an absent server costs it no time.
  const server = {
    evalsha(digest: string, args: Redlock.EvalArg[], callback?: Callback): void {
      const [keyCount, ...rest] = args;
      send(
        redis.run((client) => client.evalsha(digest, Number(keyCount), ...rest)),
        callback,
      );
    },
    eval(args: Redlock.EvalArg[], callback?: Callback): void {
      const [script, keyCount, ...rest] = args;
      send(
        redis.run((client) => client.eval(String(script), Number(keyCount), ...rest)),
        callback,
      );
    },
  };
  const redlock = new Redlock([server], { retryCount: 0, retryDelay: 0, retryJitter: 0 });
  redlock.on("clientError", () => undefined);

  return {
    async tryAcquire(seatIds) {
      const sorted = [...new Set(seatIds)].sort((a, b) => a - b);
      const keys = sorted.map((seatId) => `${prefix}${SLOT}:${seatId}`);
      const failuresBefore = failures;
      let lock: Redlock.Lock;
      try {
        lock = await redlock.acquire(keys, ttlMs);
      } catch {
        // Redlock tells no lost vote from a lost server; a failure of a neighbour's call in the
        // same moment counts as ours too, which costs one trip to the database and no more.
        return failures > failuresBefore ? openLease : undefined;
      }
      const release = (): Promise<void> => Promise.resolve(lock.unlock()).catch(() => undefined);
      if (lock.expiration - clock.nowMs() <= workBudgetMs) {
        await release();
        return undefined;
      }
      return { release };
    },
  };
}
