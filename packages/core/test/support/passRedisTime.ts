import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";
import { QUEUE_KEYS } from "../../src/adapters/redis/queueStore.ts";
import { worldRedis } from "./loseRedis.ts";
import type { TestWorld } from "./testStack.ts";

const PASS_QUEUE_TIME = readFileSync(new URL("./lua/passQueueTime-9.lua", import.meta.url), "utf8");

/**
 * Makes everything that the world has in Redis so much older: afterwards it is as if that time had
 * passed. Sequences stay, for they name places; a journal that was handed out before names nothing
 * that is there.
 */
export function passRedisTime(world: TestWorld, ms: number): Promise<void> {
  return worldRedis(world, async (redis, prefix) => {
    const keys = await redis.keys(`${prefix}*`);
    const isRoom = /:\{.*\}:room$/;
    await Promise.all([
      ...keys
        .filter((key) => isRoom.test(key))
        .map((key) => passQueueTime(redis, key.replace(/room$/, ""), ms)),
      ...keys.filter((key) => !isRoom.test(key)).map((key) => passLifetime(redis, key, ms)),
    ]);
  });
}

async function passQueueTime(redis: Redis, roomPrefix: string, ms: number): Promise<void> {
  const keys = QUEUE_KEYS.map((name) => `${roomPrefix}${name}`);
  await redis.eval(PASS_QUEUE_TIME, keys.length, ...keys, ms);
}

/** What has no time to live lives on; what has none left is gone. */
async function passLifetime(redis: Redis, key: string, ms: number): Promise<void> {
  const leftMs = await redis.pttl(key);
  if (leftMs >= 0) await redis.pexpire(key, leftMs - ms);
}
