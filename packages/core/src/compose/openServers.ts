import { hostname } from "node:os";
import { cronScheduler } from "../adapters/cron/cronScheduler.ts";
import { webhookSender } from "../adapters/http/webhookSender.ts";
import { openKafka } from "../adapters/kafka/connection.ts";
import { kafkaConsumers } from "../adapters/kafka/consumers.ts";
import { kafkaLagReader } from "../adapters/kafka/lagReader.ts";
import { kafkaPublisher } from "../adapters/kafka/publisher.ts";
import { createLogger, silentMetrics } from "../adapters/log/pinoLogger.ts";
import { type OpenedMysql, openMysql } from "../adapters/mysql/connection.ts";
import { mysqlInvariantReader } from "../adapters/mysql/invariantReader.ts";
import { redisCache } from "../adapters/redis/cache.ts";
import { openRedis, type RedisConnection } from "../adapters/redis/connection.ts";
import { redlockSeatLock } from "../adapters/redis/locks/redlockSeatLock.ts";
import { redisQueueStore } from "../adapters/redis/queueStore.ts";
import { redisRateLimiter } from "../adapters/redis/rateLimiter.ts";
import { noSeatLock } from "../adapters/shared/noSeatLock.ts";
import { sqlStores } from "../adapters/sql/stores.ts";
import { fastJwtTokenSigner } from "../adapters/token/fastJwtTokenSigner.ts";
import type { ServersConfig } from "../config/readConfig.ts";
import type { BrokerPorts, CoreContext, DatabasePorts, RedisPorts } from "../ports/coreContext.ts";
import { createQueueState } from "../queue/createQueueState.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { systemIds } from "../shared/ids.ts";
import { systemRandom } from "../shared/random.ts";
import type { OpenCoreOptions, OpenedCore } from "./openedCore.ts";

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
  const redis = await openRedis(config.redis, runtime.clock, log);
  // Waits for the first ping. Otherwise the API would refuse its first requests, because MySQL
  // counts as down until it has answered a ping.
  await mysql.asked;
  // Without brokers the connection never opens, and each call that needs Kafka fails.
  const brokers = role === "api" ? [] : config.kafka.brokers;
  const kafka = openKafka({ ...config.kafka, brokers }, runtime.clock, log);
  const broker: BrokerPorts = {
    publisher: kafkaPublisher(kafka),
    consumers: kafkaConsumers(kafka),
    // Operators ask for the lag in processes that otherwise need no broker.
    consumerLag: kafkaLagReader(config.kafka, runtime.clock, log),
  };
  const core: CoreContext = {
    ...runtime,
    ...databasePorts(mysql),
    ...redisPorts(config, redis, runtime.clock),
    ...broker,
    config: config.core,
    processName: `${hostname()}:${process.pid}`,
    queueState: createQueueState(runtime.clock),
    ids: systemIds,
    tokens: fastJwtTokenSigner(config.core.queueTokenKeys),
    webhook: webhookSender(config.core.webhook, log),
    scheduler: cronScheduler(log),
    health: () => [mysql.health(), redis.health(), ...(role === "api" ? [] : [kafka.health()])],
  };
  let closing: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    await kafka.close();
    await mysql.close();
    await redis.close();
  }
  return {
    core,
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

function databasePorts({ db, withSnapshot }: OpenedMysql): DatabasePorts {
  return { ...sqlStores(db), invariantReader: mysqlInvariantReader(withSnapshot, systemClock) };
}

function redisPorts(config: ServersConfig, redis: RedisConnection, clock: Clock): RedisPorts {
  const prefix = config.redis.keyPrefix;
  const { strategy, ttlMs } = config.core.seatLock;
  return {
    queue: redisQueueStore(redis, prefix),
    seatLock:
      strategy === "redlock" ? redlockSeatLock(redis, prefix, clock, { ttlMs }) : noSeatLock(),
    cache: redisCache(redis, prefix),
    rateLimiter: redisRateLimiter(redis, prefix),
  };
}
