import type mysql from "mysql2/promise";
import { MIGRATIONS } from "../sql/migrations/migrations.ts";
import { PROGRESS_TABLE } from "./migrationProgress.ts";
import { MigrationRefusedError } from "./migrationRefusedError.ts";

/** The table in which umzug keeps the names of the migrations that ran. */
export const MIGRATIONS_TABLE = "migrations";

/** Maximum number of names that an error shows; a database may have thousands of tables. */
const NAMES_MAX = 10;

/**
 * Checks that the migrations belong into this database.
 *
 * - A database without tables, and one in which a migration of this program ran, is accepted.
 * - A newer version has migrated the database: refused. Its tables may differ from those that the
 *   migrations of this program expect.
 * - The database has other tables, and no migration ran: refused, because MYSQL_URL probably names
 *   the database of another product. With `besideOtherTables` it is accepted, unless one of the
 *   tables has the name of a table of this program.
 * - A first migration that died leaves tables, and its row in the table of progress: accepted. The
 *   migrations go on where it died.
 *
 * The caller holds the migration lock, so that no other process creates tables meanwhile.
 * @returns the names of the migrations that have run
 * @throws MigrationRefusedError
 */
export async function requireOwnSchema(
  connection: mysql.Connection,
  database: string,
  { besideOtherTables }: { readonly besideOtherTables: boolean },
): Promise<readonly string[]> {
  const tables = await tablesOf(connection, database);
  const executed = await executedMigrations(connection, database);
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  const unknown = executed.filter((name) => !known.has(name));
  const hasMigrated =
    executed.length > unknown.length || (await hasBegun(connection, database, tables));
  if (hasMigrated && unknown.length > 0) {
    throw new MigrationRefusedError(
      "MIGRATIONS_UNKNOWN",
      `The schema of ${database} is newer than this program: ${listed(unknown)}`,
    );
  }
  if (hasMigrated) return executed;
  const isOtherProgram = unknown.length > 0 || (await hasOtherMigrations(connection, database));
  const others = tables.filter(
    (table) => table !== PROGRESS_TABLE && (table !== MIGRATIONS_TABLE || isOtherProgram),
  );
  const own = new Set([...ownTables(), MIGRATIONS_TABLE]);
  const taken = others.filter((table) => own.has(table));
  if (taken.length > 0) {
    throw new MigrationRefusedError(
      "DATABASE_NOT_EMPTY",
      `The database ${database} has tables of the same names that no migration of Onsale has ` +
        `made: ${listed(taken)}. They belong to another program`,
    );
  }
  if (others.length === 0 || besideOtherTables) return executed;
  throw new MigrationRefusedError(
    "DATABASE_NOT_EMPTY",
    `The database ${database} has tables of another program: ${listed(others)}`,
  );
}

/** Whether the table of progress knows a migration of this program. */
async function hasBegun(
  connection: mysql.Connection,
  database: string,
  tables: readonly string[],
): Promise<boolean> {
  if (!tables.includes(PROGRESS_TABLE)) return false;
  const table = [database, PROGRESS_TABLE].map((part) => connection.escapeId(part)).join(".");
  const [rows] = await connection.query<mysql.RowDataPacket[]>(`SELECT * FROM ${table}`);
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  return rows.some(({ name }) => known.has(String(name)));
}

function listed(names: readonly string[]): string {
  const rest = names.length - NAMES_MAX;
  return names.slice(0, NAMES_MAX).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** The names of the tables that the migrations create. */
export function ownTables(): readonly string[] {
  return MIGRATIONS.flatMap(({ statements }) =>
    statements.flatMap((statement) => /^\s*CREATE TABLE (\w+)/.exec(statement)?.[1] ?? []),
  );
}

/** Names of the tables and views, sorted. */
async function tablesOf(connection: mysql.Connection, database: string): Promise<string[]> {
  const [rows] = await connection.query<mysql.RowDataPacket[]>(
    /* sql */ `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = ? ORDER BY table_name`,
    [database],
  );
  return rows.map(({ name }) => String(name));
}

/**
 * Returns whether the table of migrations belongs to another program: its columns differ from the
 * one that umzug creates. Several programs use this name.
 */
async function hasOtherMigrations(connection: mysql.Connection, database: string) {
  const [rows] = await connection.query<mysql.RowDataPacket[]>(
    /* sql */ `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = ? AND table_name = ?`,
    [database, MIGRATIONS_TABLE],
  );
  return rows.some(({ name }) => name !== "name");
}

/**
 * Returns the names in the table of migrations; none when the table is missing, or has no column of
 * this name because another program made it.
 * @param database undefined: that of the connection
 */
export async function executedMigrations(
  connection: mysql.Connection,
  database?: string,
): Promise<readonly string[]> {
  const table = [...(database === undefined ? [] : [database]), MIGRATIONS_TABLE];
  const name = table.map((part) => connection.escapeId(part)).join(".");
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(
      /* sql */ `SELECT name FROM ${name} ORDER BY name`,
    );
    return rows.map((row) => String(row.name));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ER_NO_SUCH_TABLE" || code === "ER_BAD_FIELD_ERROR") return [];
    throw error;
  }
}
