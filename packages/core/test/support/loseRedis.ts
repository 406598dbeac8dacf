import { Redis } from "ioredis";
import type { TestWorld } from "./testStack.ts";

/** Runs work on a Redis connection of its own. */
export async function worldRedis<T>(
  world: TestWorld,
  work: (redis: Redis, prefix: string) => Promise<T>,
): Promise<T> {
  const redis = new Redis(world.env.REDIS_URL ?? "");
  try {
    return await work(redis, world.env.REDIS_KEY_PREFIX ?? "");
  } finally {
    redis.disconnect();
  }
}

/** Deletes a queue's keys, as a restart of Redis without data does; for this test's prefix only. */
export function loseRedis(world: TestWorld, queueId: string): Promise<void> {
  return worldRedis(world, async (redis, prefix) => {
    const keys = await redis.keys(`${prefix}queue:{${queueId}}:*`);
    if (keys.length > 0) await redis.unlink(...keys);
  });
}

/** Deletes all keys of this test's prefix. */
export function loseAllRedis(world: TestWorld): Promise<void> {
  return worldRedis(world, async (redis, prefix) => {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
      if (keys.length > 0) await redis.unlink(keys);
    }
  });
}
