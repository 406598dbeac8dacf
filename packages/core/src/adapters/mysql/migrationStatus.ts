import mysql from "mysql2/promise";
import type { SchemaStatus } from "../../ports/serverInspection.ts";
import { MIGRATIONS } from "../sql/migrations/migrations.ts";

/** A server that takes longer to accept a connection counts as down. */
const CONNECT_MS = 2_000;

/** Reads which migrations ran, are pending, or are unknown to this program. Changes nothing. */
export async function migrationStatus(url: string): Promise<SchemaStatus> {
  const connection = await mysql.createConnection({
    uri: url.replace(/^mariadb:/, "mysql:"),
    connectTimeout: CONNECT_MS,
  });
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

/** Returns the names in the table of umzug, or none when no migration has created the table. */
async function executedMigrations(connection: mysql.Connection): Promise<readonly string[]> {
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(
      /* sql */ "SELECT name FROM migrations ORDER BY name",
    );
    return rows.map((row) => String(row.name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ER_NO_SUCH_TABLE") return [];
    throw error;
  }
}
