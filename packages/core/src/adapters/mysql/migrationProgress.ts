import { QueryTypes, type Sequelize } from "sequelize";
import { systemClock } from "../../shared/clock.ts";
import type { Migration } from "../sql/migrations/migration.ts";
import { MigrationRefusedError } from "./migrationRefusedError.ts";

/*
 * Interrupted migrations
 *
 * MySQL commits each DDL statement by itself, so a process that dies within a migration leaves a
 * part of it. The table of progress has one row for the migration that runs: how many of its
 * statements were begun, and how many have ended.
 *
 *   begun = ended       the next run goes on with the statement of this number
 *   begun = ended + 1   the process died at this statement, and its effect may be there. The next
 *                       run repeats the statement, and an error that says "it is there already"
 *                       counts as its end
 *
 * A sale may run meanwhile. A DDL statement waits for the transactions that use its table, and
 * every later statement on the table waits behind it. So it waits only for a short time, gives up,
 * and tries again: the buyers go on in between.
 *
 * A statement that changes rows shares one transaction with its progress. The row is deleted after
 * umzug has recorded the whole migration. The caller holds the migration lock.
 */

export const PROGRESS_TABLE = "migration_progress";

/**
 * Engine, row format and character set of every table, whatever the defaults of database and server
 * are. The keys are longer than those that the formats COMPACT and REDUNDANT can have.
 */
const TABLE_OPTIONS =
  "ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";

const CREATE = /* sql */ `CREATE TABLE IF NOT EXISTS ${PROGRESS_TABLE} (
  name VARCHAR(100) CHARACTER SET ascii NOT NULL PRIMARY KEY,
  begun INT UNSIGNED NOT NULL,
  ended INT UNSIGNED NOT NULL
) ${TABLE_OPTIONS}`;
const FIND = /* sql */ `SELECT begun, ended FROM ${PROGRESS_TABLE} WHERE name = :name`;
const BEGIN = /* sql */ `INSERT INTO ${PROGRESS_TABLE} (name, begun, ended)
  VALUES (:name, :number + 1, :number) ON DUPLICATE KEY UPDATE begun = :number + 1`;
const END = /* sql */ `UPDATE ${PROGRESS_TABLE} SET ended = begun WHERE name = :name`;
const FORGET = /* sql */ `DELETE FROM ${PROGRESS_TABLE} WHERE name = :name`;

/** Errors of a statement whose effect is there already. */
const IS_THERE: ReadonlySet<unknown> = new Set([
  1050, // ER_TABLE_EXISTS_ERROR
  1060, // ER_DUP_FIELDNAME
  1061, // ER_DUP_KEYNAME
  1091, // ER_CANT_DROP_FIELD_OR_KEY
  1826, // ER_FK_DUP_NAME
  3821, // ER_CHECK_CONSTRAINT_NOT_FOUND
  3822, // ER_CHECK_CONSTRAINT_DUP_NAME
  3940, // ER_CONSTRAINT_NOT_FOUND
]);

/** How long a DDL statement may make the statements of a sale wait, seconds. */
const LOCK_SECONDS = 2;
const LIMIT_WAIT = `SET SESSION lock_wait_timeout = ${LOCK_SECONDS},
  SESSION innodb_lock_wait_timeout = ${LOCK_SECONDS}`;
/** Pause between two attempts, in which the statements that waited run. */
const BLOCKED_PAUSE_MS = 500;
/** After about 50 s, a transaction that was left open blocks the table. */
const ATTEMPTS_MAX = 20;
const LOCK_WAIT_TIMEOUT = 1205;
const DEADLOCK = 1213;

/** Called before and after each statement; a test interrupts the migration there. */
export type OnStatement = (name: string, phase: "begun" | "blocked" | "done") => void;

export async function createProgressTable(sequelize: Sequelize): Promise<void> {
  await sequelize.query(CREATE);
}

/** Runs the statements of a migration that have not ended. */
export async function runMigration(
  sequelize: Sequelize,
  { name, statements }: Migration,
  onStatement: OnStatement = () => {},
): Promise<void> {
  const [found] = await sequelize.query<{ begun: number; ended: number }>(FIND, {
    ...{ type: QueryTypes.SELECT, replacements: { name } },
  });
  const { begun, ended } = found ?? { begun: 0, ended: 0 };
  for (const [number, statement] of statements.entries()) {
    if (number < ended) continue;
    await sequelize.query(BEGIN, { replacements: { name, number } });
    onStatement(name, "begun");
    if (changesRows(statement)) await runWithEnd(sequelize, name, statement);
    else await runDdl(sequelize, name, statement, { mayBeThere: number < begun, onStatement });
  }
}

/** Deletes the progress of migrations that are complete. */
export async function forgetProgress(
  sequelize: Sequelize,
  names: readonly string[],
): Promise<void> {
  for (const name of names) await sequelize.query(FORGET, { replacements: { name } });
}

const changesRows = (statement: string): boolean => /^\s*(INSERT|UPDATE|DELETE)\b/i.test(statement);

async function runWithEnd(sequelize: Sequelize, name: string, statement: string): Promise<void> {
  await sequelize.transaction(async (transaction) => {
    await sequelize.query(statement, { transaction });
    await sequelize.query(END, { transaction, replacements: { name } });
  });
}

async function runDdl(
  sequelize: Sequelize,
  name: string,
  statement: string,
  { mayBeThere, onStatement }: { mayBeThere: boolean; onStatement: OnStatement },
): Promise<void> {
  try {
    await runBetween(sequelize, withTableOptions(statement), () => onStatement(name, "blocked"));
  } catch (error) {
    if (!mayBeThere || !IS_THERE.has(errnoOf(error))) throw error;
  }
  onStatement(name, "done");
  await sequelize.query(END, { replacements: { name } });
}

function withTableOptions(statement: string): string {
  return /^\s*CREATE TABLE\b/i.test(statement) ? `${statement} ${TABLE_OPTIONS}` : statement;
}

/** Runs the statement between the transactions of a sale. */
async function runBetween(
  sequelize: Sequelize,
  statement: string,
  onBlocked: () => void,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await sequelize.query(LIMIT_WAIT);
    try {
      await sequelize.query(statement);
      return;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno !== LOCK_WAIT_TIMEOUT && errno !== DEADLOCK) throw error;
      if (attempt === ATTEMPTS_MAX) {
        const [, table = "the table"] = /^\s*ALTER TABLE (\w+)/i.exec(statement) ?? [];
        throw new MigrationRefusedError(
          "MIGRATIONS_BLOCKED",
          `Transactions use ${table}: it could not be changed in ${ATTEMPTS_MAX} attempts of ` +
            `${LOCK_SECONDS} s`,
        );
      }
    }
    onBlocked();
    await systemClock.sleep(BLOCKED_PAUSE_MS);
  }
}

function errnoOf(error: unknown): unknown {
  const original: unknown = error instanceof Error && "original" in error ? error.original : error;
  return original instanceof Error && "errno" in original ? original.errno : undefined;
}
