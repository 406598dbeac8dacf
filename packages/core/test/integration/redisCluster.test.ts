import { expect } from "chai";
import { silentMetrics } from "../../src/adapters/log/pinoLogger.ts";
import { redisApiLoadStore } from "../../src/adapters/redis/apiLoadStore.ts";
import { redisCache } from "../../src/adapters/redis/cache.ts";
import { openRedis, type RedisConnection } from "../../src/adapters/redis/connection.ts";
import { inspectRedis } from "../../src/adapters/redis/inspectRedis.ts";
import { redisLockTable } from "../../src/adapters/redis/locks/redisLockTable.ts";
import { redlockSeatLock } from "../../src/adapters/redis/locks/redlockSeatLock.ts";
import { semaphoreSeatLock } from "../../src/adapters/redis/locks/semaphoreSeatLock.ts";
import { redisQueueStore } from "../../src/adapters/redis/queueStore.ts";
import { redisRateLimiter } from "../../src/adapters/redis/rateLimiter.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { DependencyUnavailableError } from "../../src/shared/errors.ts";
import { failureOf } from "../support/fixtures.ts";
import { eventually } from "../support/privateRedis.ts";
import { recordingLog } from "../support/recorders.ts";
import { type RedisProcess, startRedisProcess } from "../support/redisProcess.ts";

const SLOTS = 16_384;
const NODE_COUNT = 3;
const TTL_MS = 3_000;
const PREFIX = "test:";
const SETTINGS = ["save ''", "appendonly no", "cluster-enabled yes", "cluster-node-timeout 2000"];
/** Names whose keys belong to different nodes, most probably. */
const QUEUES = ["main", "vip", "second", "late", "early"];

describe("a Redis Cluster", function () {
  this.timeout(40_000);
  const nodes: RedisProcess[] = [];
  let redis: RedisConnection;

  before("starts three nodes and joins them", async () => {
    for (let at = 0; at < NODE_COUNT; at += 1) {
      const node = await startRedisProcess(SETTINGS);
      nodes.push(node);
      const first = Math.ceil((at * SLOTS) / NODE_COUNT);
      const last = Math.ceil(((at + 1) * SLOTS) / NODE_COUNT) - 1;
      await node.call("CLUSTER", "ADDSLOTSRANGE", String(first), String(last));
      if (nodes[0]) await node.call("CLUSTER", "MEET", "127.0.0.1", String(nodes[0].port));
    }
    for (const node of nodes) {
      await eventually(async () =>
        String(await node.call("CLUSTER", "INFO")).includes("cluster_state:ok"),
      );
    }
    redis = await openRedis(configOf(nodes), systemClock, recordingLog());
    await eventually(() => redis.health().up);
  });
  after("stops them", async () => {
    await redis?.close();
    for (const node of nodes) await node.stop();
  });

  const targetOf = (named: readonly RedisProcess[]) => ({
    url: `redis+cluster://${named.map(({ port }) => `127.0.0.1:${port}`).join(",")}`,
  });
  const configOf = (named: readonly RedisProcess[]) => ({
    ...targetOf(named),
    ...{ keyPrefix: PREFIX, commandTimeoutMs: 700 },
  });

  it("has the keys of each queue on one node, and those of several queues on several", async () => {
    const queue = redisQueueStore(redis, PREFIX);
    for (const id of QUEUES) {
      await queue.rebuild(id, {
        settings: {
          ...{ activeCountMax: 10, admissionRatePerMinute: 600, activeTtlMs: 60_000 },
          ...{ activationMs: 60_000, mode: "open" },
        },
        ...{ settingsVersion: 0, epoch: 1, generation: 1, active: [], recentAdmissionsUs: [] },
        ...{ lastSequence: 0, quietMs: 0 },
      });
      expect(await queue.join(id, 1)).to.include({ status: "WAITING" });
      expect(await queue.promote(id, 5)).to.be.an("object");
    }
    const counts = await Promise.all(nodes.map(async (node) => Number(await node.call("DBSIZE"))));
    expect(counts.filter((count) => count > 0)).to.have.length.above(1);
  });

  it("locks seats by every strategy", async () => {
    const locks = [
      redlockSeatLock(redis, PREFIX, systemClock, { ttlMs: TTL_MS }),
      semaphoreSeatLock(redis, PREFIX, TTL_MS),
    ];
    for (const lock of locks) {
      const lease = await lock.tryAcquire([1, 2, 3]);
      expect(lease).to.be.an("object");
      expect(await lock.tryAcquire([3, 4])).to.equal(undefined);
      await lease?.release();
    }
    const table = redisLockTable(redis, PREFIX, { ttlMs: TTL_MS, publishes: true });
    const heard: (readonly number[])[] = [];
    table.listen((seatIds) => heard.push(seatIds));
    expect(await table.take([5, 6], "a")).to.equal("taken");
    expect(await table.take([6, 7], "b")).to.equal("refused");
    await table.giveBack([5, 6], "a");
    // The subscription may begin after the first release.
    await eventually(async () => {
      await table.take([8], "c");
      await table.giveBack([8], "c");
      return heard.length > 0;
    });
  });

  it("caches, limits and reports", async () => {
    const runtime = { clock: systemClock, metrics: silentMetrics };
    const cache = redisCache(redis, PREFIX, runtime);
    const read = { key: "k", ttlMs: 1_000, load: async () => "loaded", parse: String };
    expect(await cache.through(read)).to.equal("loaded");
    const limiter = redisRateLimiter(redis, PREFIX);
    const limit = { points: 1, perMs: 1_000 };
    expect(await limiter.take("u:1", limit)).to.include({ allowed: true });
    expect(await limiter.take("u:1", limit)).to.include({ allowed: false });
    expect(await redisApiLoadStore(redis, PREFIX).list()).to.deep.equal([]);
  });

  it("is inspected without a complaint under the URL of a cluster", async () => {
    const inspection = await inspectRedis(targetOf(nodes), systemClock);
    expect(inspection).to.include({ reachable: true });
    expect(inspection.settings.map(({ verdict }) => verdict)).to.not.include("wrong");
  });

  it("is refused under the URL of one server, which has only some keys", async () => {
    const target = { url: `redis://127.0.0.1:${nodes[0]?.port}` };
    const config = { ...target, keyPrefix: PREFIX, commandTimeoutMs: 700 };
    const alone = await openRedis(config, systemClock, recordingLog());
    try {
      expect(alone.health()).to.include({ up: false });
      expect(alone.health().reason).to.include("a node of a Redis Cluster");
    } finally {
      await alone.close();
    }
    const { settings } = await inspectRedis(target, systemClock);
    expect(settings[0]).to.include({ name: "mode", value: "cluster", verdict: "wrong" });
  });

  it("answers calls for a lost node as unavailable, and the health says so", async () => {
    await nodes[NODE_COUNT - 1]?.stop();
    const queue = redisQueueStore(redis, PREFIX);
    const failures = await Promise.all(
      QUEUES.map((id) =>
        failureOf(
          queue.stats(id).then(() => {
            throw new Error("answered");
          }),
        ),
      ),
    );
    const unavailable = failures.filter((error) => error instanceof DependencyUnavailableError);
    expect(unavailable, "queues of the lost node").to.have.length.above(0);
    await eventually(() => !redis.health().up);
  });
});
