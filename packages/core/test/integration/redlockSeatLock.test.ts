import { expect } from "chai";
import { noSeatLock } from "../../src/adapters/noSeatLock.ts";
import { openRedis, type RedisConnection } from "../../src/adapters/redis/connection.ts";
import { redlockSeatLock } from "../../src/adapters/redis/locks/redlockSeatLock.ts";
import type { SeatLock } from "../../src/ports/seatLock.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { recordingLog } from "../support/recorders.ts";
import { configOf, newTestWorld } from "../support/testStack.ts";

const TTL_MS = 5000;

describe("seat lock by Redlock", () => {
  let redis: RedisConnection;
  let prefix: string;
  let lock: SeatLock;

  before(async () => {
    const { redis: config } = configOf(await newTestWorld());
    prefix = config.keyPrefix;
    redis = await openRedis(config, systemClock, recordingLog());
    lock = redlockSeatLock(redis, prefix, systemClock, { ttlMs: TTL_MS });
  });
  afterEach("every test gives its locks back", async () => {
    expect(await redis.client.keys(`${prefix}*`)).to.deep.equal([]);
  });
  after(() => redis.close());

  it("lets exactly one of 50 buyers at a seat", async () => {
    const leases = await Promise.all(Array.from({ length: 50 }, () => lock.tryAcquire([1])));
    const winners = leases.filter((lease) => lease !== undefined);
    expect(winners).to.have.length(1);
    await winners[0]?.release();
  });

  it("turns losers away without a rejection that nobody handles", async () => {
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
      // Node reports a rejection when the turn that left it is over.
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off("unhandledRejection", note);
    }
    expect(unhandled).to.deep.equal([]);
  });

  it("lets the next buyer at the seat after the release", async () => {
    await (await lock.tryAcquire([1]))?.release();
    const lease = await lock.tryAcquire([1]);
    expect(lease).not.to.equal(undefined);
    await lease?.release();
  });

  it("lets buyers of different seats work side by side", async () => {
    const leases = await Promise.all([1, 2, 3, 4].map((seatId) => lock.tryAcquire([seatId])));
    expect(leases).not.to.include(undefined);
    await Promise.all(leases.map((lease) => lease?.release()));
  });

  it("keeps one key for each seat, gone after the release", async () => {
    const lease = await lock.tryAcquire([4, 2, 7]);
    const keys = await redis.client.keys(`${prefix}*`);
    expect(keys.sort()).to.deep.equal([2, 4, 7].map((seatId) => `${prefix}{seat-lock}:${seatId}`));
    await lease?.release();
  });

  it("takes all seats of a party or none", async () => {
    const first = await lock.tryAcquire([2]);
    expect(await lock.tryAcquire([1, 2, 3])).to.equal(undefined);
    const beside = await lock.tryAcquire([1, 3]);
    expect(beside).not.to.equal(undefined);
    await first?.release();
    await beside?.release();
  });

  it("always serves one of two parties that want each other's seats", async () => {
    for (let round = 0; round < 20; round += 1) {
      const leases = await Promise.all([
        lock.tryAcquire([1, 2, 3, 4]),
        lock.tryAcquire([3, 4, 5, 6]),
      ]);
      expect(leases.filter((lease) => lease !== undefined)).to.have.length(1);
      await Promise.all(leases.map((lease) => lease?.release()));
    }
  });

  it("releases once and leaves a successor's lock alone", async () => {
    const first = await lock.tryAcquire([1]);
    await first?.release();
    const second = await lock.tryAcquire([1]);
    await first?.release();
    expect(await lock.tryAcquire([1])).to.equal(undefined);
    await second?.release();
  });

  it("ends by itself when nobody releases it", async () => {
    const lease = await lock.tryAcquire([1]);
    const ttlMs = await redis.client.pttl(`${prefix}{seat-lock}:1`);
    expect(ttlMs).to.be.within(1, TTL_MS);
    await lease?.release();
  });

  it("refuses and releases a lock with too little validity left for the work", async () => {
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

describe("seat lock of the strategy conditional", () => {
  it("lets everybody through to the database", async () => {
    const lock = noSeatLock();
    const leases = await Promise.all([lock.tryAcquire([1]), lock.tryAcquire([1])]);
    expect(leases).not.to.include(undefined);
    await Promise.all(leases.map((lease) => lease?.release()));
  });
});
