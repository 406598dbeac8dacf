import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { OnsaleConfig } from "@onsale/core";
import { openMeasuredTopic, stackStatus } from "@onsale/devstack";
import {
  type BenchGround,
  type BenchSettings,
  benchDatabaseUrl,
  dropBenchDatabase,
  dropBenchKeys,
  removeAll,
  type WatchedProcesses,
} from "@onsale/simulator/bench";
import { openCoreFor } from "../openQuietCore.ts";
import { DEVSTACK_FOLDER, PRODUCT_ENTRY } from "../productEntry.ts";
import { openOtherVersion } from "./openOtherVersion.ts";

export interface BenchGroundOptions {
  /** The environment with the servers and secrets. */
  readonly servers: NodeJS.ProcessEnv;
  readonly settings: BenchSettings;
  readonly onRound: (text: string) => void;
  readonly signal: AbortSignal;
}

/** One hour, so that no hold expires during a benchmark. */
const HOLD_TTL_MS = 3_600_000;

/**
 * Runs the work of one benchmark with its own databases and its own Redis prefix, and removes them
 * afterwards.
 */
export async function withBenchGround<T>(
  options: BenchGroundOptions,
  work: (ground: BenchGround) => Promise<T>,
): Promise<T> {
  const { migrateDatabase, readServersConfig } = await import("@onsale/core");
  const { servers, settings, onRound, signal } = options;
  const runId = `bench_${randomBytes(4).toString("hex")}`;
  const mysqlUrl = benchDatabaseUrl(servers.MYSQL_URL ?? "", `onsale_${runId}`);
  const bareUrl = benchDatabaseUrl(servers.MYSQL_URL ?? "", `onsale_${runId}_bare`);
  const otherUrl = benchDatabaseUrl(servers.MYSQL_URL ?? "", `onsale_${runId}_other`);
  const keyPrefix = `onsale-${runId}:`;
  const env: NodeJS.ProcessEnv = {
    ...servers,
    MYSQL_URL: mysqlUrl,
    REDIS_KEY_PREFIX: keyPrefix,
    HOLD_TTL_MS: String(HOLD_TTL_MS),
    // The gateway of a trusted installation authenticates users, so the yardsticks need not.
    AUTH_MODE: "trusted",
    ROLE: "api",
  };
  const ofOther = { ...env, MYSQL_URL: otherUrl, REDIS_KEY_PREFIX: `${keyPrefix}other:` };
  const config = readServersConfig(env);
  let bareMigrated: Promise<string> | undefined;
  const bareMysqlUrl = (): Promise<string> => {
    const ofBare = readServersConfig({ ...env, MYSQL_URL: bareUrl });
    bareMigrated ??= migrateDatabase(ofBare).then(() => bareUrl);
    return bareMigrated;
  };
  const watched = watchable(await stackStatus());
  const redisUrl = config.redis.url;
  try {
    await migrateDatabase(config);
    const quiet: OnsaleConfig = { ...config, logLevel: "error" };
    const opened = await openCoreFor(quiet);
    try {
      signal.throwIfAborted();
      return await work({
        core: opened.core,
        ...{ mysqlUrl, bareMysqlUrl, redisUrl, keyPrefix, settings, signal },
        apis: { entry: PRODUCT_ENTRY, env, folder: join(DEVSTACK_FOLDER, "bench") },
        openOtherVersion: (checkout) => openOtherVersion(checkout, ofOther),
        openTopic: (name) => openMeasuredTopic(servers.KAFKA_BROKERS ?? "", name),
        servers: watched,
        measuring: { settings, servers: usedByRequests(watched), onRound, signal },
      });
    } finally {
      await opened.close();
    }
  } finally {
    await removeAll(
      ...[mysqlUrl, bareUrl, otherUrl].map((url) => () => dropBenchDatabase(url)),
      () => dropBenchKeys(redisUrl, keyPrefix),
    );
  }
}

/** Without Kafka, which no request uses. */
function usedByRequests({ kafka: _kafka, ...used }: WatchedProcesses): WatchedProcesses {
  return used;
}

function watchable(status: Awaited<ReturnType<typeof stackStatus>>): WatchedProcesses {
  const known = status.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, [pid]]]));
  return Object.fromEntries(known);
}
