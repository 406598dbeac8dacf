import { randomBytes } from "node:crypto";
import { deleteTopics } from "@onsale/devstack";
import {
  benchDatabaseUrl,
  dropBenchDatabase,
  dropBenchKeys,
  dropReservationKey,
  removeAll,
} from "@onsale/simulator/bench";
import {
  LIVE_SERVICES,
  type LiveServiceName,
  type LiveServiceServers,
} from "@onsale/simulator/services";

/**
 * Runs the live measurement with a database for each service, and topics and Redis keys of its own,
 * and removes them afterwards.
 */
export async function withServicesGround<T>(
  servers: NodeJS.ProcessEnv,
  work: (ground: LiveServiceServers) => Promise<T>,
): Promise<T> {
  const { createLogger, migrateDatabase, openCore, readServersConfig } = await import(
    "@onsale/core"
  );
  const runId = `services_${randomBytes(4).toString("hex")}`;
  const keyPrefix = `onsale-${runId}:`;
  const urlOf = (name: LiveServiceName): string =>
    benchDatabaseUrl(servers.MYSQL_URL ?? "", `onsale_${runId}_${name}`);
  const topicPrefix = (name: LiveServiceName): string => `onsale-${runId}-${name}.`;
  const configOf = (name: LiveServiceName) =>
    readServersConfig({
      ...servers,
      MYSQL_URL: urlOf(name),
      REDIS_KEY_PREFIX: `${keyPrefix}${name}:`,
      KAFKA_TOPIC_PREFIX: topicPrefix(name),
      LOG_LEVEL: "silent",
    });
  try {
    for (const name of LIVE_SERVICES) {
      await migrateDatabase(configOf(name));
    }
    await dropReservationKey(urlOf("payment"));
    return await work({
      topicPrefix,
      open: (name, options) =>
        openCore(configOf(name), { log: createLogger("silent"), ...options }),
    });
  } finally {
    await removeAll(
      ...LIVE_SERVICES.map((name) => () => dropBenchDatabase(urlOf(name))),
      () => dropBenchKeys(configOf("onsale").redis.url, keyPrefix),
      () => deleteTopics(servers.KAFKA_BROKERS ?? "", `onsale-${runId}-`),
    );
  }
}
