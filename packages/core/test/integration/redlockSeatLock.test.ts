import { expect } from "chai";
import { openRedis, type RedisConnection } from "../../src/adapters/redis/connection.ts";
import { redlockSeatLock } from "../../src/adapters/redis/locks/redlockSeatLock.ts";
import type { SeatLock } from "../../src/ports/seatLock.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { recordingLog } from "../support/recorders.ts";
import { configOf, newTestStack } from "../support/testStack.ts";

const TTL_MS = 5000;

/** Tests of Redlock's keys; `queueConformance.test.ts` has the cases for every seat lock. */
describe("a seat lock by Redlock", () => {
  let redis: RedisConnection;
  let prefix: string;
  let lock: SeatLock;

  before(async () => {
    const { redis: config } = configOf(await newTestStack());
    prefix = config.keyPrefix;
    redis = await openRedis(config, systemClock, recordingLog());
    lock = redlockSeatLock(redis, prefix, systemClock, { ttlMs: TTL_MS });
  });
  afterEach("every test gives its locks back", async () => {
    expect(await redis.client.keys(`${prefix}*`)).to.deep.equal([]);
  });
  after(() => redis.close());

  it("refuses losers without an unhandled rejection", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => {
      unhandled.push(reason);
    };
    process.on("unhandledRejection", note);
    try {
      const winner = await lock.tryAcquire([1]);
      for (let i = 0; i < 5; i += 1) {
        expect(await lock.tryAcquire([1])).to.equal(undefined);
      }
      await winner?.release();
      // Node reports an unhandled rejection after the current iteration of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off("unhandledRejection", note);
    }
    expect(unhandled).to.deep.equal([]);
  });

  it("has one key for each seat until the release", async () => {
    const lease = await lock.tryAcquire([4, 2, 7]);
    const keys = await redis.client.keys(`${prefix}*`);
    expect(keys.sort()).to.deep.equal([2, 4, 7].map((seatId) => `${prefix}{seat-lock}:${seatId}`));
    await lease?.release();
  });

  it("refuses and releases a lock that would expire before the work ends", async () => {
    const hasty = redlockSeatLock(redis, prefix, systemClock, {
      ttlMs: TTL_MS,
      workBudgetMs: TTL_MS,
    });
    expect(await hasty.tryAcquire([1])).to.equal(undefined);
    const lease = await lock.tryAcquire([1]);
    expect(lease).not.to.equal(undefined);
    await lease?.release();
  });
});
