import Redlock from "redlock";
import type { SeatLock } from "../../../ports/seatLock.ts";
import type { Clock } from "../../../shared/clock.ts";
import { openLease } from "../../shared/noSeatLock.ts";
import type { SeatLockOptions } from "../../shared/seatLockOptions.ts";
import type { RedisConnection } from "../connection.ts";

/**
 * One hash tag for all seats, because a script may use several keys only of one cluster slot. To
 * spread the seats by performance, each lock would have to look up its performance first.
 */
const SLOT = "{seat-lock}";

type Callback = (error: Error | null, result?: unknown) => void;

/**
 * Redlock (Sanfilippo, "Distributed Locks with Redis") with one try and one key for each seat: the
 * losers of a contested seat are refused here, before they reach MySQL. A call locks all of its
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
    // The promise is not returned: redlock handles results by the callback alone, and a failed
    // release after a lost vote would end the process as an unhandled rejection.
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
  // Redlock uses the connection's `run`, which fails at once while Redis does not answer.
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
        // Redlock reports a lost vote and an unreachable server alike. A failed call of another
        // buyer at the same time counts for this call too; then MySQL decides, which is only
        // slower.
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
