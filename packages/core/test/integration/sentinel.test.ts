import { expect } from "chai";
import { openRedis } from "../../src/adapters/redis/connection.ts";
import { inspectRedis } from "../../src/adapters/redis/inspectRedis.ts";
import { redisQueueStore } from "../../src/adapters/redis/queueStore.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { eventually } from "../support/privateRedis.ts";
import { recordingLog } from "../support/recorders.ts";
import { type RedisProcess, startRedisProcess } from "../support/redisProcess.ts";

const NO_DISK = ["save ''", "appendonly no", "repl-diskless-sync-delay 0"];
const SENTINEL_PASSWORD = "of-the-sentinels";

describe("Redis behind sentinels", function () {
  this.timeout(40_000);
  const processes: RedisProcess[] = [];
  let master: RedisProcess;
  let replica: RedisProcess;
  let sentinel: RedisProcess;

  before("starts a master, a replica and a sentinel", async () => {
    const start = async (...args: Parameters<typeof startRedisProcess>) => {
      const started = await startRedisProcess(...args);
      processes.push(started);
      return started;
    };
    master = await start(NO_DISK);
    replica = await start([...NO_DISK, `replicaof 127.0.0.1 ${master.port}`]);
    await eventually(async () =>
      String(await master.call("INFO", "replication")).includes("online"),
    );
    sentinel = await start(
      [
        `sentinel monitor sale 127.0.0.1 ${master.port} 1`,
        "sentinel down-after-milliseconds sale 500",
        `requirepass ${SENTINEL_PASSWORD}`,
      ],
      ["--sentinel"],
      SENTINEL_PASSWORD,
    );
  });
  after("stops them", async () => {
    for (const one of processes) await one.stop();
  });

  const targetOf = (name: string) => ({
    url: `redis+sentinel://127.0.0.1:1,127.0.0.1:${sentinel.port}/${name}`,
    sentinelPassword: SENTINEL_PASSWORD,
    ...{ keyPrefix: "test:", commandTimeoutMs: 500 },
  });

  it("finds the master, and follows it to another server after it was lost", async () => {
    const redis = await openRedis(targetOf("sale"), systemClock, recordingLog());
    try {
      await eventually(() => redis.health().up);
      const queue = redisQueueStore(redis, "test:");
      expect(await queue.place("main", 1)).to.deep.equal({ status: "MISSING" });
      await master.stop();
      await eventually(() => !redis.health().up);
      await eventually(() => redis.health().up);
      await redis.run((client) => client.set("a", 1));
      expect(await replica.call("GET", "a")).to.equal("1");
    } finally {
      await redis.close();
    }
  });

  it("is down, and says why, while the sentinels do not know the name", async () => {
    const redis = await openRedis(targetOf("other"), systemClock, recordingLog());
    try {
      await eventually(() => /sentinel/.test(redis.health().reason ?? ""));
      expect(redis.health().up).to.equal(false);
    } finally {
      await redis.close();
    }
  });

  it("shows the master to an operator", async () => {
    const inspection = await inspectRedis(targetOf("sale"), systemClock);
    expect(inspection).to.include({ reachable: true });
    expect(inspection.settings[0]).to.include({ name: "role", value: "master" });
  });
});
