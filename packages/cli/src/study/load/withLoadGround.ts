import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  type CoreContext,
  configureQueue,
  createConcert,
  createPerformance,
  migrateDatabase,
  type OnsaleConfig,
  readServersConfig,
} from "@onsale/core";
import { deleteTopics } from "@onsale/devstack";
import { type LiveProcesses, startProcesses } from "@onsale/simulator";
import {
  benchDatabaseUrl,
  dropBenchDatabase,
  dropBenchKeys,
  removeAll,
} from "@onsale/simulator/bench";
import { openCoreFor } from "../../openQuietCore.ts";
import { DEVSTACK_FOLDER, PRODUCT_ENTRY } from "../../productEntry.ts";

export interface LoadGroundOptions {
  /** The environment with the servers and secrets. */
  readonly servers: NodeJS.ProcessEnv;
  readonly apiProcesses: number;
  /** The port of the first API process. Default: a free one. */
  readonly port?: number;
  readonly concerts: number;
  readonly seats: number;
  /** Whether the queue has the limits of a new queue. Default: it admits everybody who asks. */
  readonly hasQueueLimits?: boolean;
  /** Further settings of the processes. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The data and the processes of one scenario. */
export interface LoadGround {
  readonly core: CoreContext;
  readonly processes: LiveProcesses;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const SEAT_PRICE = 100_000;
const QUEUE_ID = "main";
/** No limit of the queue: a load test asks what the API serves, not how the queue protects it. */
const NO_LIMITS = {
  activeCountMax: 1_000_000,
  admissionRatePerMinute: 1_000_000,
  activeTtlMs: 3_600_000,
  activationMs: 3_600_000,
  mode: "open",
} as const;
/** All users have one address, and as many requests are open as there are users. */
export const LOAD_SETTINGS = {
  AUTH_MODE: "trusted",
  IN_FLIGHT_MAX: "10000",
  QUEUE_IN_FLIGHT_MAX: "10000",
  // One address may use half of the connections.
  CONNECTIONS_MAX: "20000",
  OPEN_REQUESTS_ADDRESS_MAX: "100000",
  RATE_LIMIT_ADDRESS_PER_SECOND: "1000000",
} as const;

/**
 * Runs the work with a database, a Redis prefix, topics and API processes of its own, and removes
 * them afterwards. The first concert has id 1, and its performance too.
 */
export async function withLoadGround<T>(
  options: LoadGroundOptions,
  work: (ground: LoadGround) => Promise<T>,
): Promise<T> {
  const { servers, apiProcesses, port, signal } = options;
  const runId = `load_${randomBytes(4).toString("hex")}`;
  const mysqlUrl = benchDatabaseUrl(servers.MYSQL_URL ?? "", `onsale_${runId}`);
  const keyPrefix = `onsale-${runId}:`;
  const topicPrefix = `onsale-${runId}.`;
  const env: NodeJS.ProcessEnv = {
    ...servers,
    ...LOAD_SETTINGS,
    ...options.env,
    MYSQL_URL: mysqlUrl,
    REDIS_KEY_PREFIX: keyPrefix,
    KAFKA_TOPIC_PREFIX: topicPrefix,
  };
  const config = readServersConfig({ ...env, ROLE: "api" });
  try {
    await migrateDatabase(config);
    const quiet: OnsaleConfig = { ...config, logLevel: "error" };
    const opened = await openCoreFor(quiet);
    try {
      await layOut(opened.core, options);
      signal.throwIfAborted();
      const logFolder = join(DEVSTACK_FOLDER, "load");
      const own = { entry: PRODUCT_ENTRY, apiProcesses, port, env, logFolder, signal };
      const processes = await startProcesses(own);
      try {
        return await work({ core: opened.core, processes });
      } finally {
        await processes.stop();
      }
    } finally {
      await opened.close();
    }
  } finally {
    await removeAll(
      () => dropBenchDatabase(mysqlUrl),
      () => dropBenchKeys(config.redis.url, keyPrefix),
      () => deleteTopics(servers.KAFKA_BROKERS ?? "", topicPrefix),
    );
  }
}

async function layOut(
  core: CoreContext,
  { concerts, seats, hasQueueLimits }: LoadGroundOptions,
): Promise<void> {
  for (let number = 1; number <= concerts; number++) {
    const titles = { title: `Load ${number}`, singer: "The Percentiles", queueId: QUEUE_ID };
    const { id: concertId } = await createConcert(core, titles);
    await createPerformance(core, {
      concertId,
      startsAt: new Date(core.clock.nowMs() + DAY_MS),
      venue: "Hall of the load test",
      seats: Array.from({ length: seats }, (_, index) => ({
        ...{ seatNo: `A-${index + 1}`, section: "A", price: SEAT_PRICE },
      })),
    });
  }
  // Without a call, the queue is made at its first use, with the settings of the processes.
  if (!hasQueueLimits) await configureQueue(core, { queueId: QUEUE_ID, settings: NO_LIMITS });
}
