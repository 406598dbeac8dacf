import { cronScheduler } from "../adapters/cron/cronScheduler.ts";
import { webhookSender } from "../adapters/http/webhookSender.ts";
import { createLogger, silentMetrics } from "../adapters/log/pinoLogger.ts";
import { memoryApiLoadStore } from "../adapters/memory/apiLoadStore.ts";
import { createMemoryBroker, type MemoryBroker } from "../adapters/memory/broker/memoryBroker.ts";
import { memoryConsumers } from "../adapters/memory/broker/memoryConsumers.ts";
import { memoryLagReader } from "../adapters/memory/broker/memoryLagReader.ts";
import { memoryPublisher } from "../adapters/memory/broker/memoryPublisher.ts";
import { memoryCache } from "../adapters/memory/cache.ts";
import {
  createMemoryDatabase,
  type MemoryDatabase,
} from "../adapters/memory/database/memoryDatabase.ts";
import { type MemoryDb, memoryDb } from "../adapters/memory/database/memoryDb.ts";
import { memoryDatabaseLoad } from "../adapters/memory/databaseLoad.ts";
import { memoryInvariantReader } from "../adapters/memory/invariantReader.ts";
import { memoryQueueStore } from "../adapters/memory/queueStore.ts";
import { memoryRateLimiter } from "../adapters/memory/rateLimiter.ts";
import { createRedisState, type RedisState } from "../adapters/memory/redisState/redisState.ts";
import { memorySeatLock } from "../adapters/memory/seatLock.ts";
import { directLink, type ServerLink } from "../adapters/memory/serverLink.ts";
import { compileStatement } from "../adapters/memory/sql/compileStatement.ts";
import { memorySqlDatabase, PLANS } from "../adapters/memory/sql/memorySqlDatabase.ts";
import { noCache } from "../adapters/shared/noCache.ts";
import type { CacheRuntime } from "../adapters/shared/throughCache.ts";
import type { Database } from "../adapters/sql/database.ts";
import type { GroupPorts } from "../adapters/sql/group/groupLine.ts";
import { sqlStores } from "../adapters/sql/stores.ts";
import { fastJwtTokenSigner } from "../adapters/token/fastJwtTokenSigner.ts";
import { createCatalogState } from "../catalog/createCatalogState.ts";
import type { OnsaleConfig } from "../config/readConfig.ts";
import type { CoreContext, RedisPorts } from "../ports/coreContext.ts";
import type { Scheduler } from "../ports/scheduler.ts";
import type { TokenSigner } from "../ports/tokenSigner.ts";
import type { WebhookSender } from "../ports/webhookSender.ts";
import { createQueueState } from "../queue/createQueueState.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { type Ids, systemIds } from "../shared/ids.ts";
import { type Random, systemRandom } from "../shared/random.ts";
import type { OpenCoreOptions, OpenedCore } from "./openedCore.ts";
import { groupedAndTraced, tracedCore } from "./tracedCore.ts";

export {
  ConnectionLostError,
  directLink,
  type ServerLink,
  yieldingLink,
} from "../adapters/memory/serverLink.ts";
export { NOTIFIER } from "../notification/notifier.ts";
export { SALES_PROJECTION } from "../sales/salesProjection.ts";

/** The state of the in-memory servers, which any number of cores in this process can share. */
export interface MemoryServers {
  readonly database: MemoryDatabase;
  readonly redisState: RedisState;
  readonly broker: MemoryBroker;
}

/** Creates empty servers. @param options.clock the servers' clock; default: the machine's */
export function createMemoryServers(options: { readonly clock?: Clock } = {}): MemoryServers {
  const { clock = systemClock } = options;
  return {
    database: createMemoryDatabase({ clock }),
    redisState: createRedisState({ clock }),
    broker: createMemoryBroker({ clock }),
  };
}

/** Replacements for the real clock, random source and server links. */
export interface OpenMemoryOptions extends Omit<OpenCoreOptions, "role"> {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly ids?: Ids;
  /** Connects the process to the servers; by default every call arrives immediately. */
  readonly link?: ServerLink;
  readonly scheduler?: Scheduler;
  /** Default: "embedded". */
  readonly processName?: string;
  readonly tokens?: TokenSigner;
  readonly webhook?: WebhookSender;
  /** How lanes of grouped transactions start; by default in the next microtask. */
  readonly lanes?: Pick<GroupPorts, "nextTurn" | "asLane">;
}

export interface OpenedMemoryCore extends OpenedCore {
  /**
   * Simulates the death of the process: the servers roll its transactions back and close its
   * connections.
   */
  sever(): void;
}

/** Opens the ports of one process over in-memory servers. */
export function openMemoryCore(
  config: Pick<OnsaleConfig, "core" | "logLevel">,
  servers: MemoryServers,
  options: OpenMemoryOptions = {},
): OpenedMemoryCore {
  const { log = createLogger(config.logLevel), metrics = silentMetrics } = options;
  const { clock = systemClock, random = systemRandom, link = directLink } = options;
  const { ids = systemIds } = options;
  const runtime = { clock, random, log, metrics };
  const db = memoryDb(servers.database, link, runtime);
  const { nextTurn = () => Promise.resolve(), asLane } = options.lanes ?? {};
  const groupPorts = { ...runtime, nextTurn, asLane };
  const ending = new AbortController();
  const consumers = memoryConsumers(servers.broker, { link, clock, log });
  const { tracing } = options;
  const { groups } = config.core;
  const core: CoreContext = {
    ...runtime,
    ...sqlStores(groupedAndTraced(sqlDatabase(db, options), groups, groupPorts, tracing)),
    databaseLoad: memoryDatabaseLoad(db),
    invariantReader: memoryInvariantReader(db),
    ...redisPorts(config, servers.redisState, link, {
      ...{ clock, random, ids, metrics, ended: ending.signal },
    }),
    publisher: memoryPublisher(servers.broker, link),
    consumers,
    consumerLag: memoryLagReader(servers.broker, link),
    config: config.core,
    processName: options.processName ?? "embedded",
    queueState: createQueueState(clock),
    catalogState: createCatalogState({
      clock,
      isCached: config.core.catalog.cache === "shared",
    }),
    ids,
    tokens: options.tokens ?? fastJwtTokenSigner(config.core.queueTokenKeys),
    webhook: options.webhook ?? webhookSender(config.core.webhook, log),
    scheduler: options.scheduler ?? cronScheduler(log),
    // The in-memory database has no connections that could be used up.
    poolUse: () => ({ inUse: 0, waiting: 0, max: 1 }),
    // In-memory servers are never down.
    health: () => [],
  };
  const sever = (): void => {
    ending.abort();
    db.sever();
  };
  return {
    core: tracedCore(core, tracing),
    sever,
    async close() {
      await consumers.close();
      sever();
    },
  };
}

function sqlDatabase(db: MemoryDb, { databaseChange }: OpenMemoryOptions): Database {
  if (!databaseChange) return memorySqlDatabase(db);
  const others = databaseChange.statements.map((one) => [one.name, compileStatement(one)] as const);
  return databaseChange.change(memorySqlDatabase(db, new Map([...PLANS, ...others])));
}

function redisPorts(
  config: Pick<OnsaleConfig, "core">,
  redisState: RedisState,
  link: ServerLink,
  ports: Parameters<typeof memorySeatLock>[3] & CacheRuntime,
): RedisPorts {
  return {
    queue: memoryQueueStore(redisState, link),
    seatLock: memorySeatLock(config.core.seatLock, redisState, link, ports),
    cache: config.core.catalog.cache === "off" ? noCache() : memoryCache(redisState, link, ports),
    rateLimiter: memoryRateLimiter(redisState, link),
    apiLoads: memoryApiLoadStore(redisState, link),
  };
}
