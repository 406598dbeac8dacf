import { Redis } from "ioredis";
import type { TestWorld } from "./testStack.ts";

/** Runs work on a connection of its own, beside the core's. */
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

/** Takes a queue's keys away, as a restart of Redis without its data; no other world is touched. */
export function loseRedis(world: TestWorld, queueId: string): Promise<void> {
  return worldRedis(world, async (redis, prefix) => {
    const keys = await redis.keys(`${prefix}queue:{${queueId}}:*`);
    if (keys.length > 0) await redis.unlink(...keys);
  });
}

/** Takes everything away that the world has in Redis. */
export function loseAllRedis(world: TestWorld): Promise<void> {
  return worldRedis(world, async (redis, prefix) => {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
      if (keys.length > 0) await redis.unlink(keys);
    }
  });
}
