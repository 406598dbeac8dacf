import mysql from "mysql2/promise";
import type { SchemaStatus } from "../../ports/serverInspection.ts";
import { MIGRATIONS } from "../sql/migrations/migrations.ts";
import { executedMigrations } from "./requireOwnSchema.ts";

/** Longest time for one connection. A busy machine can need more than a second. */
const CONNECT_MS = 3_000;
/** A connection that took too long is tried once more; the two take less than `doctor` may take. */
const ATTEMPTS_MAX = 2;

/** Reads which migrations ran, are pending, or are unknown to this program. Changes nothing. */
export async function migrationStatus(url: string): Promise<SchemaStatus> {
  const connection = await connect(url.replace(/^mariadb:/, "mysql:"));
  try {
    const executed = await executedMigrations(connection);
    const names = MIGRATIONS.map((migration) => migration.name);
    return {
      executed,
      pending: names.filter((name) => !executed.includes(name)),
      unknown: executed.filter((name) => !names.includes(name)),
    };
  } finally {
    connection.destroy();
  }
}

async function connect(uri: string, attempt = 1): Promise<mysql.Connection> {
  try {
    return await mysql.createConnection({ uri, connectTimeout: CONNECT_MS });
  } catch (error) {
    const isLate = error instanceof Error && "code" in error && error.code === "ETIMEDOUT";
    if (isLate && attempt < ATTEMPTS_MAX) return connect(uri, attempt + 1);
    throw error;
  }
}
