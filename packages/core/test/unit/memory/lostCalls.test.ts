import { rebuildInputOf, WIDE } from "@onsale/conformance/queue/queueRoom";
import { expect } from "chai";
import { silentMetrics } from "../../../src/adapters/log/pinoLogger.ts";
import { memoryCache } from "../../../src/adapters/memory/cache.ts";
import { memoryQueueStore } from "../../../src/adapters/memory/queueStore.ts";
import { memoryRateLimiter } from "../../../src/adapters/memory/rateLimiter.ts";
import {
  createRedisState,
  type RedisState,
} from "../../../src/adapters/memory/redisState/redisState.ts";
import { memoryRedlock } from "../../../src/adapters/memory/redlockSeatLock.ts";
import type { QueueStore } from "../../../src/ports/queueStore.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { type BreakableLink, breakableLink } from "../../support/breakableLink.ts";
import { type FakeClock, fakeClock, settlePromises } from "../../support/fakeClock.ts";
import { failureOf } from "../../support/fixtures.ts";

const TTL_MS = 3_000;

describe("over an in-memory Redis whose calls are lost,", () => {
  let clock: FakeClock;
  let redisState: RedisState;
  let link: BreakableLink;
  beforeEach(() => {
    clock = fakeClock();
    redisState = createRedisState({ clock });
    link = breakableLink();
  });

  describe("the queue store", () => {
    const calls: Record<string, (store: QueueStore) => Promise<unknown>> = {
      rebuild: (store) => store.rebuild("main", rebuildInputOf()),
      join: (store) => store.join("main", 1),
      place: (store) => store.place("main", 1),
      promote: (store) => store.promote("main", 1),
      settle: (store) => store.settle("main", { promotions: [], ends: [] }),
      leave: (store) => store.leave("main", 1, "LEFT"),
      configure: (store) => store.configure("main", WIDE, 1),
      stats: (store) => store.stats("main"),
    };

    for (const [name, call] of Object.entries(calls)) {
      it(`rejects a lost ${name} with DependencyUnavailableError`, async () => {
        const store = memoryQueueStore(redisState, link);
        await call(store);
        link.state = "call lost";
        const failure = await failureOf(call(store));
        expect(failure).to.be.instanceOf(DependencyUnavailableError);
        expect(failure).to.have.nested.property("details.dependency", "redis");
        expect(link.points).to.deep.equal([`redis queue.${name}`, `redis queue.${name}`]);
      });
    }

    it("has done the work when only the answer was lost", async () => {
      const store = memoryQueueStore(redisState, link);
      await store.rebuild("main", rebuildInputOf());
      link.state = "answer lost";
      expect(await failureOf(store.join("main", 1))).to.be.instanceOf(DependencyUnavailableError);
      link.state = "up";
      expect(await store.place("main", 1)).to.include({ status: "WAITING", position: 1 });
    });

    it("does not report a bug in its own work as an outage", async () => {
      const store = memoryQueueStore(redisState, link);
      await store.rebuild("main", rebuildInputOf());
      redisState.rooms.get("main")?.promotions.set("nonsense", 1);
      const failure = await failureOf(store.promote("main", 1));
      expect(failure).not.to.be.instanceOf(DependencyUnavailableError);
      expect(String(failure)).to.contain("An admission cannot be read: nonsense");
    });
  });

  describe("the seat lock", () => {
    const lock = () => memoryRedlock(redisState, link, clock, { ttlMs: TTL_MS });

    it("returns a lease that locks no seat, so that the database decides", async () => {
      link.state = "call lost";
      const leases = [await lock().tryAcquire([1]), await lock().tryAcquire([1])];
      expect(leases).not.to.include(undefined);
      link.state = "up";
      const holder = await lock().tryAcquire([1]);
      for (const lease of leases) await lease?.release();
      expect(await lock().tryAcquire([1])).to.equal(undefined);
      await holder?.release();
    });

    it("releases the seat lock on the server when only the answer was lost", async () => {
      link.state = "answer lost";
      await (await lock().tryAcquire([1]))?.release();
      link.state = "up";
      expect(await lock().tryAcquire([1])).not.to.equal(undefined);
    });

    it("never throws at the release of a seat lock, which then expires", async () => {
      const lease = await lock().tryAcquire([1]);
      link.state = "call lost";
      await lease?.release();
      link.state = "up";
      expect(await lock().tryAcquire([1])).to.equal(undefined);
      await clock.advance(TTL_MS + 1);
      expect(await lock().tryAcquire([1])).not.to.equal(undefined);
    });

    it("makes the round trips of Redlock, including the release of a refused lock", async () => {
      const lease = await lock().tryAcquire([1]);
      await lock().tryAcquire([1]);
      await lease?.release();
      expect(link.points).to.deep.equal([
        "redis seatLock.acquire",
        "redis seatLock.acquire",
        "redis seatLock.release",
        "redis seatLock.release",
      ]);
    });
  });

  describe("the cache", () => {
    /** Reads in a process that has no copy of its own. */
    const through = (loaded: string): Promise<string> =>
      memoryCache(redisState, link, { clock, metrics: silentMetrics }).through({
        ...{ key: "hall", ttlMs: TTL_MS, load: async () => loaded, parse: String },
      });

    it("loads a cached value from its source, without an unhandled rejection", async () => {
      await through("old");
      link.state = "call lost";
      expect(await through("loaded")).to.equal("loaded");
      await settlePromises();
      link.state = "up";
      expect(await through("again")).to.equal("old");
      expect(link.points).to.deep.equal([
        "redis cache.get",
        "redis cache.set",
        "redis cache.get",
        "redis cache.set",
        "redis cache.get",
      ]);
    });

    it("has written a value to the cache when only the answer was lost", async () => {
      link.state = "answer lost";
      await through("loaded");
      link.state = "up";
      expect(await through("again")).to.equal("loaded");
    });
  });

  it("the rate limiter allows every call", async () => {
    const limiter = memoryRateLimiter(redisState, link);
    const limit = { points: 1, perMs: 60_000 };
    await limiter.take("user:1", limit);
    link.state = "answer lost";
    expect(await limiter.take("user:1", limit)).to.deep.equal({ allowed: true, retryAfterMs: 0 });
    link.state = "up";
    expect(await limiter.take("user:1", limit)).to.deep.equal({
      allowed: false,
      retryAfterMs: 60_000,
    });
  });
});
