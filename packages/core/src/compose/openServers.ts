import { hostname } from "node:os";
import { cronScheduler } from "../adapters/cron/cronScheduler.ts";
import { webhookSender } from "../adapters/http/webhookSender.ts";
import { createLogger, silentMetrics } from "../adapters/log/pinoLogger.ts";
import { type OpenedMysql, openMysql } from "../adapters/mysql/connection.ts";
import { mysqlDatabaseLoad } from "../adapters/mysql/databaseLoad.ts";
import { mysqlInvariantReader } from "../adapters/mysql/invariantReader.ts";
import { redisApiLoadStore } from "../adapters/redis/apiLoadStore.ts";
import { redisCache } from "../adapters/redis/cache.ts";
import { openRedis, type RedisConnection } from "../adapters/redis/connection.ts";
import { redisQueueStore } from "../adapters/redis/queueStore.ts";
import { redisRateLimiter } from "../adapters/redis/rateLimiter.ts";
import { tracedRedis } from "../adapters/redis/tracedRedis.ts";
import { noCache } from "../adapters/shared/noCache.ts";
import { recordsInRedis } from "../adapters/shared/recordsInRedis.ts";
import type { SeatLockPorts } from "../adapters/shared/seatLocks/attempt.ts";
import type { CacheRuntime } from "../adapters/shared/throughCache.ts";
import type { RunnerPorts } from "../adapters/shared/transactionRunner.ts";
import { sqlStores } from "../adapters/sql/stores.ts";
import { fastJwtTokenSigner } from "../adapters/token/fastJwtTokenSigner.ts";
import { createCatalogState } from "../catalog/createCatalogState.ts";
import type { ServersConfig } from "../config/readConfig.ts";
import type { CoreContext, DatabasePorts, RedisPorts } from "../ports/coreContext.ts";
import type { SeatLock } from "../ports/seatLock.ts";
import { createQueueState } from "../queue/createQueueState.ts";
import { systemClock } from "../shared/clock.ts";
import { systemIds } from "../shared/ids.ts";
import { type Random, systemRandom } from "../shared/random.ts";
import { yieldToEventLoop } from "../shared/yieldToEventLoop.ts";
import { openBroker } from "./openBroker.ts";
import type { OpenCoreOptions, OpenedCore } from "./openedCore.ts";
import { groupedAndTraced, tracedCore } from "./tracedCore.ts";

/**
 * Connects the ports to MySQL, Redis and Kafka. A server may be down; `core.health()` reports it,
 * and core uses it as soon as it answers.
 */
export async function openServers(
  config: ServersConfig,
  options: OpenCoreOptions = {},
): Promise<OpenedCore> {
  const { log = createLogger(config.logLevel), metrics = silentMetrics, role = "all" } = options;
  const runtime = { clock: systemClock, random: systemRandom, log, metrics };
  const mysql = openMysql(config.mysql, runtime);
  const opened = await openRedis(config.redis, runtime.clock, log);
  const { tracing } = options;
  const redis = tracing ? tracedRedis(opened, tracing) : opened;
  // Waits for the first ping. Otherwise the API would refuse its first requests, because MySQL
  // counts as down until it has answered a ping. A process of waiting buyers needs no MySQL.
  if (role !== "queue") await mysql.asked;
  const broker = await openBroker(config.kafka, role, runtime);
  const seatLock = await openSeatLock(config, redis, { ...runtime, ids: systemIds });
  const database = databasePorts(config, mysql, runtime, options);
  const inRedis = redisPorts(config, redis, runtime);
  const { admissions } = database;
  const core: CoreContext = {
    ...runtime,
    ...database,
    ...inRedis,
    admissions: role === "queue" ? recordsInRedis(admissions, inRedis.queue) : admissions,
    ...broker.ports,
    seatLock,
    config: config.core,
    processName: `${hostname()}:${process.pid}`,
    queueState: createQueueState(runtime.clock),
    catalogState: createCatalogState({
      clock: runtime.clock,
      isCached: config.core.catalog.cache === "shared",
    }),
    ids: systemIds,
    tokens: fastJwtTokenSigner(config.core.queueTokenKeys),
    webhook: webhookSender(config.core.webhook, log),
    scheduler: cronScheduler(log),
    poolUse: mysql.poolUse,
    health: () => [mysql.health(), redis.health(), ...broker.health()],
  };
  let closing: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    await broker.close();
    await mysql.close();
    await redis.close();
  }
  return {
    core: tracedCore(core, tracing),
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

function databasePorts(
  config: ServersConfig,
  { db, withSnapshot }: OpenedMysql,
  runtime: RunnerPorts,
  { databaseChange, tracing }: OpenCoreOptions,
): DatabasePorts {
  const ports = { ...runtime, nextTurn: yieldToEventLoop };
  const changed = databaseChange?.change(db) ?? db;
  return {
    ...sqlStores(groupedAndTraced(changed, config.core.groups, ports, tracing)),
    databaseLoad: mysqlDatabaseLoad(db),
    invariantReader: mysqlInvariantReader(withSnapshot, systemClock),
  };
}

function redisPorts(
  config: ServersConfig,
  redis: RedisConnection,
  runtime: CacheRuntime,
): Omit<RedisPorts, "seatLock"> {
  const prefix = config.redis.keyPrefix;
  return {
    queue: redisQueueStore(redis, prefix),
    cache: config.core.catalog.cache === "off" ? noCache() : redisCache(redis, prefix, runtime),
    rateLimiter: redisRateLimiter(redis, prefix),
    apiLoads: redisApiLoadStore(redis, prefix),
  };
}

/** Loads only the strategy of the configuration, because loading the others costs time. */
async function openSeatLock(
  config: ServersConfig,
  redis: RedisConnection,
  ports: SeatLockPorts & { readonly random: Random },
): Promise<SeatLock> {
  const { strategy, ttlMs, waitMs } = config.core.seatLock;
  const { keyPrefix } = config.redis;
  const { clock } = ports;
  switch (strategy) {
    case "conditional": {
      const { noSeatLock } = await import("../adapters/shared/noSeatLock.ts");
      return noSeatLock();
    }
    case "redlock": {
      const { redlockSeatLock } = await import("../adapters/redis/locks/redlockSeatLock.ts");
      return redlockSeatLock(redis, keyPrefix, clock, { ttlMs });
    }
    case "semaphore": {
      const { semaphoreSeatLock } = await import("../adapters/redis/locks/semaphoreSeatLock.ts");
      return semaphoreSeatLock(redis, keyPrefix, ttlMs);
    }
    default: {
      const { redisLockTable } = await import("../adapters/redis/locks/redisLockTable.ts");
      const { tableSeatLock } = await import("../adapters/shared/seatLocks/tableSeatLock.ts");
      const publishes = strategy === "pubsub";
      const table = redisLockTable(redis, keyPrefix, { ttlMs, publishes });
      return tableSeatLock(strategy, table, ports, { ttlMs, waitMs });
    }
  }
}
