import { openRedis, type RedisConnection } from "../../src/adapters/redis/connection.ts";
import { redisQueueStore } from "../../src/adapters/redis/queueStore.ts";
import type {
  Promotion,
  PromotionResult,
  QueueSeed,
  QueueSettings,
  QueueStore,
} from "../../src/ports/queueStore.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { recordingLog } from "./recorders.ts";
import { configOf, newTestWorld } from "./testStack.ts";

export const ROOM = "hall-1";

/** Nothing in here holds anybody back, except what a test sets. */
export const WIDE: QueueSettings = {
  activeCountMax: 1000,
  admissionRatePerMinute: 600_000,
  activeTtlMs: 600_000,
  claimMs: 600_000,
  mode: "open",
};

/** One waiting room in a real Redis, whose times a test can push into the past. */
export interface QueueRoom {
  readonly store: QueueStore;
  readonly redis: RedisConnection;
  key(name: string): string;
  seed(settings?: Partial<QueueSettings>, known?: Partial<QueueSeed>): Promise<number>;
  join(...userIds: readonly number[]): Promise<number[]>;
  promote(max?: number): Promise<PromotionResult>;
  /** Promotes and settles, as a promoter whose database answers. */
  promoteAndSettle(): Promise<readonly Promotion[]>;
  /** Lowers every score of one of the room's sorted sets, which is as if that time had passed. */
  age(name: string, by: number): Promise<void>;
  /** A second store on a connection of its own, as another process would have. */
  another(): Promise<QueueStore>;
  /** Takes everything of this room away, as a restart of Redis without its data. */
  lose(): Promise<void>;
  close(): Promise<void>;
}

export async function openQueueRoom(): Promise<QueueRoom> {
  const world = await newTestWorld();
  const { redis: config } = configOf(world, { REDIS_COMMAND_TIMEOUT_MS: "5000" });
  const opened: RedisConnection[] = [];

  async function connect(): Promise<RedisConnection> {
    const connection = await openRedis(config, systemClock, recordingLog());
    opened.push(connection);
    return connection;
  }

  const redis = await connect();
  const store = redisQueueStore(redis, config.keyPrefix);
  const key = (name: string): string => `${config.keyPrefix}queue:{${ROOM}}:${name}`;

  async function lose(): Promise<void> {
    const keys = await redis.client.keys(`${config.keyPrefix}*`);
    if (keys.length > 0) await redis.client.unlink(...keys);
  }

  async function promote(max = 500): Promise<PromotionResult> {
    const result = await store.promote(ROOM, max);
    if ("status" in result) throw new Error("the room is missing");
    return result;
  }

  return {
    store,
    redis,
    key,
    promote,
    lose,
    async seed(settings = {}, known = {}) {
      const { generationStartedUs } = await store.seed(ROOM, {
        active: [],
        recentAdmissionsUs: [],
        lastSequence: 0,
        quietMs: 0,
        ...known,
        settings: { ...WIDE, ...settings },
      });
      return generationStartedUs;
    },
    async join(...userIds) {
      const sequences: number[] = [];
      for (const userId of userIds) {
        const place = await store.join(ROOM, userId);
        if (place.status !== "WAITING") throw new Error(`user ${userId} is ${place.status}`);
        sequences.push(place.sequence);
      }
      return sequences;
    },
    async promoteAndSettle() {
      const result = await promote();
      await store.settle(ROOM, result.journal);
      return result.promoted;
    },
    async age(name, by) {
      const members = await redis.client.zrange(key(name), 0, "-1");
      await Promise.all(members.map((member) => redis.client.zincrby(key(name), -by, member)));
    },
    async another() {
      return redisQueueStore(await connect(), config.keyPrefix);
    },
    async close() {
      await lose();
      await Promise.all(opened.map((connection) => connection.close()));
    },
  };
}

/** The whole numbers from one to another, both included. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_unused, index) => from + index);
}
