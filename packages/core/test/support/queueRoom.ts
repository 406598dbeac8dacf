import { present, rebuildInputOf } from "@onsale/conformance/queue/queueRoom";
import { openRedis, type RedisConnection } from "../../src/adapters/redis/connection.ts";
import { redisQueueStore } from "../../src/adapters/redis/queueStore.ts";
import type { QueueSettings, QueueStats, QueueStore } from "../../src/ports/queueStore.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { passRedisTime } from "./passRedisTime.ts";
import { recordingLog } from "./recorders.ts";
import { configOf, newTestStack } from "./testStack.ts";

export const ROOM = "hall-1";

/** One queue in a real Redis, with access to its keys. */
export interface QueueRoom {
  readonly store: QueueStore;
  readonly redis: RedisConnection;
  key(name: string): string;
  rebuild(settings?: Partial<QueueSettings>): Promise<void>;
  stats(): Promise<QueueStats>;
  passTime(ms: number): Promise<void>;
  /** Deletes all keys of the queue, as a restart of Redis without data does. */
  lose(): Promise<void>;
  close(): Promise<void>;
}

export async function openQueueRoom(): Promise<QueueRoom> {
  const stack = await newTestStack();
  const { redis: config } = configOf(stack, { REDIS_COMMAND_TIMEOUT_MS: "5000" });
  const redis = await openRedis(config, systemClock, recordingLog());
  const store = redisQueueStore(redis, config.keyPrefix);
  const key = (name: string): string => `${config.keyPrefix}queue:{${ROOM}}:${name}`;

  async function lose(): Promise<void> {
    const keys = await redis.client.keys(`${config.keyPrefix}*`);
    if (keys.length > 0) await redis.client.unlink(...keys);
  }

  return {
    store,
    redis,
    key,
    lose,
    async rebuild(settings) {
      await store.rebuild(ROOM, rebuildInputOf(settings));
    },
    stats: async () => present(await store.stats(ROOM)),
    passTime: (ms) => passRedisTime(stack, ms),
    async close() {
      await lose();
      await redis.close();
    },
  };
}
