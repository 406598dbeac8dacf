import { SeatContendedError } from "@onsale/core";
import { type Database, type DatabaseChange, query, type Sql, sql } from "@onsale/core/sql";
import type { HoldStatements, LockStrategy } from "./strategies.ts";

const FREE = "(status = 'AVAILABLE' OR (status = 'HELD' AND hold_expires_at < NOW(6)))";

const selectFree = (name: string, lock: string): Sql =>
  sql(
    `study.${name}`,
    `SELECT id, version FROM seats FORCE INDEX (PRIMARY)
      WHERE id IN (:seatIds) AND ${FREE} ORDER BY id ${lock}`,
  );
const holdWhere = (name: string, condition: string): Sql =>
  sql(
    `study.${name}`,
    `UPDATE seats FORCE INDEX (PRIMARY)
        SET status = 'HELD', reservation_id = ELT(FIELD(id, :seatIds), :reservationIds),
            version = version + 1, hold_expires_at = :expiresAt
      WHERE id IN (:seatIds)${condition}`,
  );

const READ = selectFree("read", "");
const LOCK_WAITING = selectFree("lockWaiting", "FOR UPDATE");
const LOCK_SHARED = selectFree("lockShared", "LOCK IN SHARE MODE");
const HOLD_ANY = holdWhere("holdAny", "");
/**
 * A payment and an extension of a hold keep the seat's version, and may commit after the hold has
 * become overdue. So the version alone does not prove that the seat is still free.
 */
const HOLD_VERSION = holdWhere("holdVersion", ` AND (id, version) IN (:versions) AND ${FREE}`);

interface Replacement {
  readonly lock?: Sql;
  readonly hold?: Sql;
}

/** The statements that replace those of the product. */
const REPLACED: Readonly<Record<HoldStatements, Replacement>> = {
  product: {},
  waiting: { lock: LOCK_WAITING },
  shared: { lock: LOCK_SHARED },
  versioned: { lock: READ, hold: HOLD_VERSION },
  unconditional: { lock: READ, hold: HOLD_ANY },
};

/** A seat changes its version once for the buyer who wins, so a second attempt sees it. */
const VERSION_ATTEMPTS_MAX = 5;

/** Another transaction changed a seat between the read and the write. */
class VersionChangedError extends Error {}

/** The work that the database did, summed over transactions. */
export class DatabaseWork {
  statements = 0;
  begun = 0;
  committed = 0;

  get rolledBack(): number {
    return this.begun - this.committed;
  }
}

/** Replaces the statements of a hold by those of the strategy, and counts the work. */
export function databaseChangeOf(strategy: LockStrategy, work: DatabaseWork): DatabaseChange {
  const { lock, hold } = REPLACED[strategy.statements];
  return {
    statements: [lock, hold].flatMap((one) => one ?? []),
    change: (db) => counted(replaced(db, lock, hold), work),
  };
}

function replaced(db: Database, lock: Sql | undefined, hold: Sql | undefined): Database {
  /** The version of each seat that a transaction has read. */
  const versionsOf = new WeakMap<object, Map<number, number>>();
  const isVersioned = hold === HOLD_VERSION;
  return {
    ...db,
    select(tx, statement, values) {
      if (!lock || !tx || statement.name !== "seats.lock") return db.select(tx, statement, values);
      const versions = new Map<number, number>();
      versionsOf.set(tx, versions);
      const own = query(lock, (row) => {
        versions.set(row.integer("id"), row.integer("version"));
        return statement.present(row);
      });
      return db.select(tx, own, values);
    },
    async change(tx, statement, values) {
      if (!hold || !tx || statement.name !== "seats.hold") return db.change(tx, statement, values);
      const versions = [...(versionsOf.get(tx) ?? [])];
      const others = isVersioned ? { ...values, versions } : values;
      const count = await db.change(tx, hold, others);
      if (isVersioned && count < versions.length) throw new VersionChangedError();
      return count;
    },
    async withTransaction(work, grouped) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await db.withTransaction(work, grouped);
        } catch (error) {
          if (!(error instanceof VersionChangedError)) throw error;
          if (attempt === VERSION_ATTEMPTS_MAX) throw new SeatContendedError([]);
        }
      }
    },
  };
}

/** BEGIN, and COMMIT or ROLLBACK. */
const STATEMENTS_OF_TRANSACTION = 2;

function counted(db: Database, work: DatabaseWork): Database {
  const count = (): void => {
    work.statements += 1;
  };
  return {
    ...db,
    select(tx, statement, values) {
      count();
      return db.select(tx, statement, values);
    },
    change(tx, statement, values) {
      count();
      return db.change(tx, statement, values);
    },
    insert(tx, statement, values) {
      count();
      return db.insert(tx, statement, values);
    },
    async withTransaction(run, grouped) {
      const value = await db.withTransaction((tx) => {
        work.begun += 1;
        work.statements += STATEMENTS_OF_TRANSACTION;
        return run(tx);
      }, grouped);
      work.committed += 1;
      return value;
    },
  };
}
