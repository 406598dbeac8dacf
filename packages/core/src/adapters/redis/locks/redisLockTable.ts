import { readFileSync } from "node:fs";
import type { Result } from "ioredis";
import type { ListenForReleases, LockTable } from "../../shared/seatLocks/lockTable.ts";
import type { RedisConnection } from "../connection.ts";

declare module "ioredis" {
  interface RedisCommander<Context> {
    onsaleLockSeats(...args: (string | number)[]): Result<unknown, Context>;
    onsaleUnlockSeats(...args: (string | number)[]): Result<unknown, Context>;
  }
}

/** One hash tag, because one script uses the keys of several seats. */
const SLOT = "{seat-lock}:";

/** The seat locks of one Redis server: one key for each seat, with the owner's token. */
export interface RedisLockTable extends LockTable {
  readonly listen: ListenForReleases;
}

/** @param publishes true when waiting buyers listen for releases */
export function redisLockTable(
  redis: RedisConnection,
  prefix: string,
  { ttlMs, publishes }: { readonly ttlMs: number; readonly publishes: boolean },
): RedisLockTable {
  const keys = `${prefix}${SLOT}`;
  const channel = `${prefix}seat-lock-releases`;
  define(redis, "onsaleLockSeats", "lockSeats-1.lua");
  define(redis, "onsaleUnlockSeats", "unlockSeats-1.lua");
  return {
    async take(seatIds, token) {
      try {
        const answer = await redis.run((client) =>
          client.onsaleLockSeats(keys, token, ttlMs, ...seatIds),
        );
        return answer === 1 ? "taken" : "refused";
      } catch {
        return "lost";
      }
    },
    async giveBack(seatIds, token) {
      const to = publishes ? channel : "";
      await redis
        .run((client) => client.onsaleUnlockSeats(keys, token, to, ...seatIds))
        .catch(() => undefined);
    },
    listen: (listener) =>
      redis.subscribe(channel, (message) => listener(message.split(",").map(Number))),
  };
}

function define({ client }: RedisConnection, name: string, file: string): void {
  const lua = readFileSync(new URL(`../lua/${file}`, import.meta.url), "utf8");
  client.defineCommand(name, { lua, numberOfKeys: 1 });
}
