import mysql from "mysql2/promise";
import { SequelizeStorage, Umzug } from "umzug";
import { MIGRATIONS } from "../sql/migrations/migrations.ts";
import { databaseName, type MysqlAddress, serverOptions } from "./clientOptions.ts";
import { newSequelize } from "./connection.ts";
import {
  createProgressTable,
  forgetProgress,
  type OnStatement,
  runMigration,
} from "./migrationProgress.ts";
import { MigrationRefusedError } from "./migrationRefusedError.ts";
import { MIGRATIONS_TABLE, requireOwnSchema } from "./requireOwnSchema.ts";

/**
 * How long a process waits while another process, started at the same time, runs the migrations.
 */
const LOCK_SECONDS = 60;

export interface MigrateOptions {
  /** Creates the tables in a database that has tables of another program. Default: refused. */
  readonly besideOtherTables?: boolean | undefined;
  /** For tests: called before and after each statement. */
  readonly onStatement?: OnStatement | undefined;
}

/**
 * Creates the database if it is missing and runs the pending migrations, one process at a time.
 * When nothing is pending, a user without the right to create anything is enough.
 * @returns the names of the migrations that ran
 * @throws MigrationRefusedError when the database is another program's, or newer than this program,
 *   or while transactions keep a table for too long
 */
export async function migrateMysql(
  address: MysqlAddress,
  { besideOtherTables = false, onStatement }: MigrateOptions = {},
): Promise<readonly string[]> {
  const { lock, isComplete } = await createDatabase(address, { besideOtherTables });
  if (isComplete) {
    await lock.end();
    return [];
  }
  const sequelize = newSequelize(address, { pool: { max: 1 } });
  try {
    const umzug = new Umzug({
      migrations: MIGRATIONS.map((migration) => ({
        name: migration.name,
        up: () => runMigration(sequelize, migration, onStatement),
      })),
      storage: new SequelizeStorage({ sequelize, tableName: MIGRATIONS_TABLE }),
      logger: undefined,
    });
    await createProgressTable(sequelize);
    const ran = (await umzug.up()).map((migration) => migration.name);
    await forgetProgress(sequelize, await namesOf(umzug.executed()));
    return ran;
  } catch (error) {
    // umzug wraps what a migration throws.
    const isRefusal = error instanceof Error && error.cause instanceof MigrationRefusedError;
    throw isRefusal ? error.cause : error;
  } finally {
    await sequelize.close();
    await lock.end();
  }
}

async function namesOf(migrations: Promise<readonly { readonly name: string }[]>) {
  return (await migrations).map(({ name }) => name);
}

/**
 * Returns the connection that holds the migration lock, and whether every migration has run.
 * Closing the connection releases the lock.
 * @throws MigrationRefusedError
 */
async function createDatabase(
  address: MysqlAddress,
  options: { readonly besideOtherTables: boolean },
): Promise<{ readonly lock: mysql.Connection; readonly isComplete: boolean }> {
  const name = databaseName(address);
  const connection = await mysql.createConnection({ ...serverOptions(address) });
  try {
    if (!(await exists(connection, name))) {
      await connection.query(
        `CREATE DATABASE IF NOT EXISTS ${mysql.escapeId(name)} CHARACTER SET utf8mb4`,
      );
    }
    await takeLock(connection, name);
    const executed = new Set(await requireOwnSchema(connection, name, options));
    const isComplete = MIGRATIONS.every((migration) => executed.has(migration.name));
    return { lock: connection, isComplete };
  } catch (error) {
    await connection.end();
    throw error;
  }
}

/** Whether the database exists, as far as the user may know. */
async function exists(connection: mysql.Connection, database: string): Promise<boolean> {
  const [rows] = await connection.query<mysql.RowDataPacket[]>(
    /* sql */ "SELECT 1 FROM information_schema.schemata WHERE schema_name = ?",
    [database],
  );
  return rows.length > 0;
}

/** @throws MigrationRefusedError when another process holds the lock for longer than the wait */
async function takeLock(connection: mysql.Connection, database: string): Promise<void> {
  const [[row]] = await connection.query<mysql.RowDataPacket[]>(
    /* sql */ "SELECT GET_LOCK(?, ?) AS isTaken",
    [`migrate:${database}`.slice(0, 64), LOCK_SECONDS],
  );
  if (Number(row?.isTaken) === 1) return;
  throw new MigrationRefusedError(
    "MIGRATIONS_RUNNING",
    `Another process has migrated ${database} for more than ${LOCK_SECONDS} s`,
  );
}
