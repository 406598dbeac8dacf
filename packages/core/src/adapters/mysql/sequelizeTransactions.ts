import assert from "node:assert/strict";
import { QueryTypes, type Sequelize, type Transaction } from "sequelize";
import type { TransactionDriver } from "../shared/transactionRunner.ts";
import { failureKind } from "./databaseErrors.ts";
import { MysqlTx } from "./mysqlTx.ts";
import type { ServerWatch } from "./serverWatch.ts";

/** Finds a commit marker. The locking read waits for a commit that still runs. */
const FIND_COMMIT_MARKER =
  "SELECT id FROM outbox_messages WHERE message_id = :messageId FOR UPDATE";

/** Transactions over Sequelize's pool. */
export function sequelizeTransactions(
  sequelize: Sequelize,
  watch: ServerWatch,
): TransactionDriver<MysqlTx> {
  return {
    begin: async () => new MysqlTx(await sequelize.transaction()),
    commit: (tx) => end(sequelize, tx.transaction, "COMMIT"),
    rollBack: (tx, failure) => rollBack(sequelize, tx.transaction, failure),
    failureKind,
    async findCommitMarker(messageId) {
      const rows = await sequelize.query(FIND_COMMIT_MARKER, {
        type: QueryTypes.SELECT,
        replacements: { messageId },
      });
      return rows.length > 0;
    },
    guard: (work) => watch.guard(work),
  };
}

/**
 * Sends the statement and returns the connection to the pool. Sequelize's `commit` and `rollback`
 * are not used, because they write to the console when the connection is lost.
 */
async function end(
  sequelize: Sequelize,
  transaction: Transaction,
  statement: "COMMIT" | "ROLLBACK",
): Promise<void> {
  assert(ownsConnection(transaction), "Sequelize 6 gives connections back by cleanup");
  try {
    await sequelize.query(statement, { transaction, type: QueryTypes.RAW });
    transaction.cleanup();
  } catch (failure) {
    await transaction.forceCleanup();
    throw failure;
  }
}

async function rollBack(
  sequelize: Sequelize,
  transaction: Transaction,
  failure: unknown,
): Promise<void> {
  // After a deadlock, Sequelize has rolled back, and another transaction may have the connection.
  if (isFinished(transaction)) return;
  try {
    if (failureKind(failure) === "connection" && ownsConnection(transaction)) {
      await transaction.forceCleanup();
    } else {
      await end(sequelize, transaction, "ROLLBACK");
    }
  } catch {
    // The connection is lost and out of the pool, so the server rolls back.
  }
}

/** Methods of a transaction that are missing in the types of Sequelize. */
interface OwnsConnection {
  /** Returns the connection to the pool. */
  cleanup(): void;
  /** Removes the connection from the pool. */
  forceCleanup(): Promise<void>;
}

function isFinished(transaction: Transaction): boolean {
  return "finished" in transaction && transaction.finished !== undefined;
}

function ownsConnection(transaction: Transaction): transaction is Transaction & OwnsConnection {
  return "cleanup" in transaction && "forceCleanup" in transaction;
}
