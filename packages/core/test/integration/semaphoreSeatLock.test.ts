import { expect } from "chai";
import { openRedis, type RedisConnection } from "../../src/adapters/redis/connection.ts";
import { semaphoreSeatLock } from "../../src/adapters/redis/locks/semaphoreSeatLock.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { recordingLog } from "../support/recorders.ts";
import { configOf, newTestStack } from "../support/testStack.ts";

/** The library renews a lock after four fifths of this time. */
const TTL_MS = 100;

/** Tests of redis-semaphore; `queueConformance.test.ts` has the cases for every seat lock. */
describe("a seat lock by redis-semaphore", () => {
  let redis: RedisConnection;
  let prefix: string;

  before(async () => {
    const { redis: config } = configOf(await newTestStack());
    prefix = config.keyPrefix;
    redis = await openRedis(config, systemClock, recordingLog());
  });
  after(() => redis.close());

  /** The connection, with a promise of its third command. The first one locks a seat. */
  function watched(isLostAfterFirst: boolean) {
    const third = Promise.withResolvers<void>();
    let commands = 0;
    const connection: RedisConnection = {
      ...redis,
      async run(work) {
        commands += 1;
        if (commands === 3) third.resolve();
        if (isLostAfterFirst && commands > 1) throw new Error("Redis is lost");
        return redis.run(work);
      },
    };
    return { connection, third: third.promise };
  }

  it("renews the lock beyond its lifetime, and keeps its keys under the prefix", async () => {
    const { connection, third } = watched(false);
    const lease = await semaphoreSeatLock(connection, prefix, TTL_MS).tryAcquire([1]);
    // Two renewals are later than the first lifetime.
    await third;
    expect(await redis.client.keys(`${prefix}*`)).to.deep.equal([`${prefix}seat-mutex:1`]);
    await lease?.release();
    expect(await redis.client.keys(`${prefix}*`)).to.deep.equal([]);
  });

  it("gives a lock up without an unhandled rejection when Redis is lost", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    try {
      const { connection, third } = watched(true);
      const lock = semaphoreSeatLock(connection, prefix, TTL_MS);
      const lease = await lock.tryAcquire([2]);
      // The second command is the lost renewal; the release has nothing left to send.
      const open = await lock.tryAcquire([3]);
      expect(open).not.to.equal(undefined);
      await lease?.release();
      await third;
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off("unhandledRejection", note);
    }
    expect(unhandled).to.deep.equal([]);
  });
});
