import type { OnsaleConfig, ServersConfig } from "../config/readConfig.ts";
import type { OpenCoreOptions, OpenedCore } from "./openedCore.ts";

/**
 * Opens what one process needs: its workflows' ports, on the world that the config names.
 *
 * - `stack: "servers"` connects to MySQL, Redis and Kafka. Servers may be away; `core.health()`
 *   says which, and they are used as soon as they are back.
 * - `stack: "embedded"` makes an empty world in this process's memory. It is nobody else's, it
 *   needs no migration, and it is gone after `close()`. Every rule and error is the same.
 *
 * Drivers are loaded here and not before: who never opens a core does not wait for them.
 * @returns the context that every workflow takes first, and the way to let go of it
 */
export async function openCore(
  config: OnsaleConfig,
  options: OpenCoreOptions = {},
): Promise<OpenedCore> {
  if (config.stack === "embedded") {
    const { createMemoryServers, openMemoryCore, yieldingLink } = await import("./openMemory.ts");
    return openMemoryCore(config, createMemoryServers(), { ...options, link: yieldingLink });
  }
  const { openServers } = await import("./openServers.ts");
  return openServers(config, options);
}

/**
 * Brings the schema up to date, creating the database if it is missing.
 * @returns the names of the migrations that ran
 */
export async function migrateDatabase(config: ServersConfig): Promise<readonly string[]> {
  const { migrateMysql } = await import("../adapters/mysql/migrate.ts");
  return migrateMysql(config.mysql.url);
}

/** Names of migrations that ran and of those that wait. */
export async function migrationsOf(
  config: ServersConfig,
): Promise<{ executed: readonly string[]; pending: readonly string[] }> {
  const { migrationStatus } = await import("../adapters/mysql/migrate.ts");
  return migrationStatus(config.mysql.url);
}
