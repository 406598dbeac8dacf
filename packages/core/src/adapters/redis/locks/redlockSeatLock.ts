import Redlock from "redlock";
import type { SeatLock } from "../../../ports/seatLock.ts";
import type { Clock } from "../../../shared/clock.ts";
import { openLease } from "../../shared/noSeatLock.ts";
import type { SeatLockOptions } from "../../shared/seatLockOptions.ts";
import type { RedisConnection } from "../connection.ts";

/**
 * All seat locks share one hash tag, because a script may use several keys only when one cluster
 * slot has them all. One hash tag for each performance would require a lookup of the performance
 * before each lock.
 */
const SLOT = "{seat-lock}";

type Callback = (error: Error | null, result?: unknown) => void;

/**
 * Redlock (Sanfilippo, "Distributed Locks with Redis") with one try and one key for each seat. The
 * lock refuses the losers of a contested seat before they reach MySQL. A call locks all of its
 * seats or none.
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
    // The promise is not returned to the caller, because redlock reads the result only from the
    // callback. If redlock did not reach a quorum, a failed release would otherwise be an unhandled
    // rejection and end the process.
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
  // Redlock uses the connection's `run`, which fails immediately while Redis does not answer.
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
        // Redlock reports a missed quorum and an unreachable server in the same way, so the count
        // of failed calls decides. `failures` includes failed calls of other buyers at the same
        // time. A call may therefore continue without a lock, which costs only speed, because MySQL
        // decides every race.
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
