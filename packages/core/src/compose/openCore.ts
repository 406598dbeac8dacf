import type { MigrateOptions } from "../adapters/mysql/migrate.ts";
import type { SchemaStatusOptions } from "../adapters/mysql/migrationStatus.ts";
import type { OnsaleConfig, ServersConfig } from "../config/readConfig.ts";
import type { SchemaStatus } from "../ports/serverInspection.ts";
import type { OpenCoreOptions, OpenedCore } from "./openedCore.ts";

/**
 * Opens the core of one process: the ports that its workflows use, on the stack of the config.
 *
 * - `stack: "servers"` connects to MySQL, Redis and Kafka. A server may be down; `core.health()`
 *   reports it, and core uses it as soon as it answers.
 * - `stack: "embedded"` creates an empty database, queue and broker in this process's memory. No
 *   other process can reach them, they need no migration, and `close()` discards them. Every rule
 *   and error is the same.
 *
 * The function loads the database drivers itself, so that a process that only imports core need not
 * wait for them.
 * @returns the context that every workflow takes first, and `close`
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
 * Runs the pending migrations. Creates the database if it is missing.
 * @returns the names of the migrations that ran
 * @throws MigrationRefusedError when the database is another program's, or newer than this program
 */
export async function migrateDatabase(
  config: ServersConfig,
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  const { migrateMysql } = await import("../adapters/mysql/migrate.ts");
  return migrateMysql(config.mysql, options);
}

/** Reads which migrations ran, are pending, or are unknown to this program. Changes nothing. */
export async function migrationsOf(
  config: ServersConfig,
  options: SchemaStatusOptions = {},
): Promise<SchemaStatus> {
  const { migrationStatus } = await import("../adapters/mysql/migrationStatus.ts");
  return migrationStatus(config.mysql, options);
}
