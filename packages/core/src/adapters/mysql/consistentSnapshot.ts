import { QueryTypes, type Sequelize } from "sequelize";
import { rethrowAsCoreError } from "../shared/failureKind.ts";
import type { SqlValues } from "../sql/database.ts";
import { toReplacements } from "./convert.ts";
import { failureKind } from "./databaseErrors.ts";
import { sequelizeTransactions } from "./sequelizeTransactions.ts";
import type { ServerWatch } from "./serverWatch.ts";

/** Reads rows of the snapshot. Calls run one after the other, in the order of their arrival. */
export type SelectFromSnapshot = <Row extends object>(
  sql: string,
  values?: SqlValues,
) => Promise<Row[]>;

/** Runs work on one snapshot of the database. */
export type WithSnapshot = <T>(work: (select: SelectFromSnapshot) => Promise<T>) => Promise<T>;

/**
 * A session has the level READ COMMITTED, at which every statement reads a snapshot of its own. The
 * server refuses to change the level within a transaction, so the first statement here ends the
 * transaction that Sequelize began.
 */
const SNAPSHOT_STATEMENTS = [
  "COMMIT",
  "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
  "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
];

/**
 * Opens snapshots on Sequelize's pool. A snapshot is a read-only transaction that takes no locks.
 */
export function consistentSnapshots(sequelize: Sequelize, watch: ServerWatch): WithSnapshot {
  const transactions = sequelizeTransactions(sequelize, watch);

  async function readSnapshot<T>(work: (select: SelectFromSnapshot) => Promise<T>): Promise<T> {
    const tx = await transactions.begin();
    const { transaction } = tx;
    try {
      for (const sql of SNAPSHOT_STATEMENTS) {
        await sequelize.query(sql, { transaction, type: QueryTypes.RAW });
      }
      const result = await work((sql, values = {}) =>
        sequelize.query(sql, {
          transaction,
          type: QueryTypes.SELECT,
          raw: true,
          replacements: toReplacements(values),
        }),
      );
      await transactions.commit(tx);
      return result;
    } catch (failure) {
      await transactions.rollBack(tx, failure);
      throw failure;
    }
  }

  return (work) =>
    watch
      .guard(() => readSnapshot(work))
      .catch((error: unknown) => rethrowAsCoreError(error, failureKind(error)));
}
