import mysql from "mysql2/promise";
import type { SchemaStatus } from "../../ports/serverInspection.ts";
import { MIGRATIONS } from "../sql/migrations/migrations.ts";
import { databaseOptions, type MysqlAddress } from "./clientOptions.ts";
import { executedMigrations, ownTables } from "./requireOwnSchema.ts";

/** Longest time for one connection. A busy machine can need more than a second. */
const CONNECT_MS = 3_000;
/** A connection that took too long is tried once more; the two take less than `doctor` may take. */
const ATTEMPTS_MAX = 2;

export interface SchemaStatusOptions {
  /** Also looks for columns and tables that do not suit. */
  readonly isJudged?: boolean | undefined;
}

/** Reads which migrations ran, are pending, or are unknown to this program. Changes nothing. */
export async function migrationStatus(
  address: MysqlAddress,
  { isJudged = false }: SchemaStatusOptions = {},
): Promise<SchemaStatus> {
  const connection = await connect(address);
  try {
    const executed = await executedMigrations(connection);
    const names = MIGRATIONS.map((migration) => migration.name);
    return {
      executed,
      pending: names.filter((name) => !executed.includes(name)),
      unknown: executed.filter((name) => !names.includes(name)),
      ...(isJudged ? { unsuitable: await unsuitableIn(connection) } : {}),
    };
  } finally {
    connection.destroy();
  }
}

/** Members of an ENUM are words of this program in ASCII, so their character set has no effect. */
const UNSUITABLE_COLUMNS = /* sql */ `
  SELECT table_name AS tableName, column_name AS columnName, collation_name AS found
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name IN (?) AND data_type <> 'enum'
    AND character_set_name IS NOT NULL AND character_set_name <> 'ascii'
    AND collation_name <> 'utf8mb4_general_ci'
  ORDER BY table_name, ordinal_position`;
const UNSUITABLE_TABLES = /* sql */ `
  SELECT table_name AS tableName, engine AS found FROM information_schema.tables
  WHERE table_schema = DATABASE() AND table_name IN (?) AND engine <> 'InnoDB'
  ORDER BY table_name`;

async function unsuitableIn(connection: mysql.Connection): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const sql of [UNSUITABLE_COLUMNS, UNSUITABLE_TABLES]) {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(sql, [ownTables()]);
    for (const { tableName, columnName, found: state } of rows) {
      texts.push(`${[tableName, columnName].filter(Boolean).join(".")} is ${state}`);
    }
  }
  return texts;
}

async function connect(address: MysqlAddress, attempt = 1): Promise<mysql.Connection> {
  try {
    return await mysql.createConnection({
      ...databaseOptions(address),
      connectTimeout: CONNECT_MS,
    });
  } catch (error) {
    const isLate = error instanceof Error && "code" in error && error.code === "ETIMEDOUT";
    if (isLate && attempt < ATTEMPTS_MAX) return connect(address, attempt + 1);
    throw error;
  }
}
