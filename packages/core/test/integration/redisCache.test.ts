import { expect } from "chai";
import { redisCache } from "../../src/adapters/redis/cache.ts";
import { openRedis } from "../../src/adapters/redis/connection.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { recordingLog } from "../support/recorders.ts";
import { configOf, newTestWorld } from "../support/testStack.ts";

const TTL_MS = 60_000;

/** What only Redis has; `queueConformance.test.ts` holds what every cache must do. */
describe("cache in Redis", () => {
  it("passes by a copy that it cannot read, and replaces it", async () => {
    const { redis: config } = configOf(await newTestWorld());
    const redis = await openRedis(config, systemClock, recordingLog());
    const key = `${config.keyPrefix}cache:hall`;
    try {
      await redis.client.set(key, "from another age");
      const cache = redisCache(redis, config.keyPrefix);
      const read = (loaded: string) =>
        cache.through({ key: "hall", ttlMs: TTL_MS, load: async () => loaded, parse: String });
      expect(await read("loaded")).to.equal("loaded");
      // One connection, so what was sent before is there.
      expect(await redis.client.pttl(key)).to.be.within(1, TTL_MS);
      expect(await read("again")).to.equal("loaded");
    } finally {
      await redis.client.unlink(key);
      await redis.close();
    }
  });
});
