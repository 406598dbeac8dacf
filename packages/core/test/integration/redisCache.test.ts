import { expect } from "chai";
import { silentMetrics } from "../../src/adapters/log/pinoLogger.ts";
import { redisCache } from "../../src/adapters/redis/cache.ts";
import { openRedis } from "../../src/adapters/redis/connection.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { recordingLog } from "../support/recorders.ts";
import { configOf, newTestStack } from "../support/testStack.ts";

const TTL_MS = 60_000;

/** Tests of stored bytes; `queueConformance.test.ts` has the cases for every cache. */
describe("the cache in Redis", () => {
  it("loads the value and replaces the copy when it cannot read the copy", async () => {
    const { redis: config } = configOf(await newTestStack());
    const redis = await openRedis(config, systemClock, recordingLog());
    const key = `${config.keyPrefix}cache:hall`;
    try {
      await redis.client.set(key, "from another age");
      /** Reads in a process that has no copy of its own. */
      const read = (loaded: string) =>
        redisCache(redis, config.keyPrefix, { clock: systemClock, metrics: silentMetrics }).through(
          {
            ...{ key: "hall", ttlMs: TTL_MS, load: async () => loaded, parse: String },
          },
        );
      expect(await read("loaded")).to.equal("loaded");
      // Redis handles the commands of one connection in order, so the copy is written.
      expect(await redis.client.pttl(key)).to.be.within(1, TTL_MS);
      expect(await read("again")).to.equal("loaded");
    } finally {
      await redis.client.unlink(key);
      await redis.close();
    }
  });
});
