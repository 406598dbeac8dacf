import { Redis } from "ioredis";
import type { TestStack } from "./testStack.ts";

/** Runs work on a Redis connection of its own. */
export async function withRedisOf<T>(
  stack: TestStack,
  work: (redis: Redis, prefix: string) => Promise<T>,
): Promise<T> {
  const redis = new Redis(stack.env.REDIS_URL ?? "");
  try {
    return await work(redis, stack.env.REDIS_KEY_PREFIX ?? "");
  } finally {
    redis.disconnect();
  }
}

/** Deletes a queue's keys, as a restart of Redis without data does; for this test's prefix only. */
export function loseRedis(stack: TestStack, queueId: string): Promise<void> {
  return withRedisOf(stack, async (redis, prefix) => {
    const keys = await redis.keys(`${prefix}queue:{${queueId}}:*`);
    if (keys.length > 0) await redis.unlink(...keys);
  });
}

/** Deletes all keys of this test's prefix. */
export function loseAllRedis(stack: TestStack): Promise<void> {
  return withRedisOf(stack, async (redis, prefix) => {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
      if (keys.length > 0) await redis.unlink(keys);
    }
  });
}
