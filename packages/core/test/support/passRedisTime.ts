import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";
import { QUEUE_KEYS } from "../../src/adapters/redis/queueStore.ts";
import { withRedisOf } from "./loseRedis.ts";
import type { TestStack } from "./testStack.ts";

const PASS_QUEUE_TIME = readFileSync(
  new URL("./lua/passQueueTime-10.lua", import.meta.url),
  "utf8",
);

/**
 * Moves every time in the test's Redis keys into the past, as if that time had passed. Sequences
 * are not moved, because they name places. A journal that a promotion returned before this call
 * matches no entry afterwards, because the entries contain times.
 */
export function passRedisTime(stack: TestStack, ms: number): Promise<void> {
  return withRedisOf(stack, async (redis, prefix) => {
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

/** Shortens the time to live of a key; a key without one is not changed. */
async function passLifetime(redis: Redis, key: string, ms: number): Promise<void> {
  const leftMs = await redis.pttl(key);
  if (leftMs >= 0) await redis.pexpire(key, leftMs - ms);
}
