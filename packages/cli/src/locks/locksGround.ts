import { randomBytes } from "node:crypto";
import {
  benchDatabaseUrl,
  dropBenchDatabase,
  dropBenchKeys,
  removeAll,
} from "@onsale/simulator/bench";
import { dropLiveIndex, type LiveServers } from "@onsale/simulator/locks";

/**
 * Runs the study with two databases and a Redis prefix of its own, and removes them afterwards. One
 * of the databases has no unique index on live seat links.
 */
export async function withLocksGround<T>(
  servers: NodeJS.ProcessEnv,
  signal: AbortSignal,
  work: (servers: LiveServers) => Promise<T>,
): Promise<T> {
  const { migrateDatabase, openCore, createLogger, readServersConfig } = await import(
    "@onsale/core"
  );
  const runId = `locks_${randomBytes(4).toString("hex")}`;
  const keyPrefix = `onsale-${runId}:`;
  const given = servers.MYSQL_URL ?? "";
  const withIndex = benchDatabaseUrl(given, `onsale_${runId}`);
  const withoutIndex = benchDatabaseUrl(given, `onsale_${runId}_no_index`);
  const env = { ...servers, REDIS_KEY_PREFIX: keyPrefix, LOG_LEVEL: "silent" };
  const configOf = (mysqlUrl: string, settings: Readonly<Record<string, string>> = {}) =>
    readServersConfig({ ...env, ...settings, MYSQL_URL: mysqlUrl });
  try {
    for (const url of [withIndex, withoutIndex]) {
      await migrateDatabase(configOf(url));
      signal.throwIfAborted();
    }
    await dropLiveIndex(withoutIndex);
    let lastUserId = 0;
    return await work({
      newUserId: () => {
        lastUserId += 1;
        return lastUserId;
      },
      mysqlUrl: (hasIndex) => (hasIndex ? withIndex : withoutIndex),
      open: (mysqlUrl, settings, options) =>
        openCore(configOf(mysqlUrl, settings), { log: createLogger("silent"), ...options }),
    });
  } finally {
    await removeAll(
      () => dropBenchDatabase(withIndex),
      () => dropBenchDatabase(withoutIndex),
      () => dropBenchKeys(configOf(withIndex).redis.url, keyPrefix),
    );
  }
}
