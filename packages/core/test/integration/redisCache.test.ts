import { expect } from "chai";
import sinon from "sinon";
import { redisCache } from "../../src/adapters/redis/cache.ts";
import { openRedis, type RedisConnection } from "../../src/adapters/redis/connection.ts";
import { redisRateLimiter } from "../../src/adapters/redis/rateLimiter.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { failureOf } from "../support/fixtures.ts";
import { eventually } from "../support/privateRedis.ts";
import { recordingLog } from "../support/recorders.ts";
import { configOf, newTestWorld } from "../support/testStack.ts";

const TTL_MS = 60_000;

describe("memory shared by the processes", () => {
  let redis: RedisConnection;
  let other: RedisConnection;
  let prefix: string;

  before(async () => {
    const { redis: config } = configOf(await newTestWorld());
    prefix = config.keyPrefix;
    redis = await openRedis(config, systemClock, recordingLog());
    other = await openRedis(config, systemClock, recordingLog());
  });
  afterEach(async () => {
    const keys = await redis.client.keys(`${prefix}*`);
    if (keys.length > 0) await redis.client.unlink(...keys);
  });
  after(() => Promise.all([redis.close(), other.close()]));

  const stored = (name: string): Promise<boolean> =>
    redis.client.exists(`${prefix}cache:${name}`).then((count) => count === 1);

  describe("cache", () => {
    it("loads once for 50 readers of one process", async () => {
      const load = sinon.fake.resolves("value");
      const cache = redisCache(redis, prefix);
      const values = await Promise.all(
        Array.from({ length: 50 }, () => cache.through("hall", TTL_MS, load)),
      );
      expect(load.callCount).to.equal(1);
      expect(new Set(values)).to.deep.equal(new Set(["value"]));
    });

    it("serves another process from the copy, dates and gaps included", async () => {
      const value = { startsAt: new Date(1_790_000_000_000), seats: [1, 2], note: undefined };
      await redisCache(redis, prefix).through("hall", TTL_MS, async () => value);
      await eventually(() => stored("hall"));
      const load = sinon.fake.resolves(undefined);
      expect(await redisCache(other, prefix).through("hall", TTL_MS, load)).to.deep.equal(value);
      expect(load.callCount).to.equal(0);
    });

    it("keeps a copy for its time to live", async () => {
      await redisCache(redis, prefix).through("hall", TTL_MS, async () => 1);
      await eventually(() => stored("hall"));
      expect(await redis.client.pttl(`${prefix}cache:hall`)).to.be.within(1, TTL_MS);
      await redis.client.pexpire(`${prefix}cache:hall`, 0);
      expect(await redisCache(redis, prefix).through("hall", TTL_MS, async () => 2)).to.equal(2);
    });

    it("keeps no failure, and tells it to everybody who waited", async () => {
      const cache = redisCache(redis, prefix);
      const load = sinon.fake.rejects(new Error("no database"));
      const failures = await Promise.all([
        failureOf(cache.through("hall", TTL_MS, load)),
        failureOf(cache.through("hall", TTL_MS, load)),
      ]);
      expect(failures.map(String)).to.deep.equal(["Error: no database", "Error: no database"]);
      expect(load.callCount).to.equal(1);
      expect(await cache.through("hall", TTL_MS, async () => "back")).to.equal("back");
    });

    it("passes by a copy that it cannot read", async () => {
      await redis.client.set(`${prefix}cache:hall`, "from another age");
      const cache = redisCache(redis, prefix);
      expect(await cache.through("hall", TTL_MS, async () => "loaded")).to.equal("loaded");
    });
  });

  describe("rate limit", () => {
    const limit = { points: 5, perMs: 60_000 };

    it("lets as many through as the limit says, counted over all processes", async () => {
      const limiters = [redisRateLimiter(redis, prefix), redisRateLimiter(other, prefix)];
      const decisions = await Promise.all(
        Array.from({ length: 20 }, (_unused, i) => limiters[i % 2]?.take("user:1", limit)),
      );
      expect(decisions.filter((decision) => decision?.allowed)).to.have.length(5);
      const refused = decisions.find((decision) => decision?.allowed === false);
      expect(refused?.retryAfterMs).to.be.within(1, 60_000);
    });

    it("counts each subject and each limit apart", async () => {
      const limiter = redisRateLimiter(redis, prefix);
      const one = { points: 1, perMs: 60_000 };
      expect(await limiter.take("user:1", one)).to.include({ allowed: true });
      expect(await limiter.take("user:1", one)).to.include({ allowed: false });
      expect(await limiter.take("user:2", one)).to.include({ allowed: true });
      expect(await limiter.take("user:1", limit)).to.include({ allowed: true });
    });
  });
});
