import assert from "node:assert/strict";
import { QueryTypes, type Sequelize, type Transaction } from "sequelize";
import type { TransactionDriver } from "../shared/transactionRunner.ts";
import { failureKind } from "./databaseErrors.ts";
import { MysqlTx } from "./mysqlTx.ts";
import type { ServerWatch } from "./serverWatch.ts";

/** Finds a commit marker; the locking read waits for a commit that is still under way. */
const FIND_COMMIT_MARKER =
  "SELECT id FROM outbox_messages WHERE message_id = :messageId FOR UPDATE";

/** Transactions over Sequelize's pool. */
export function sequelizeTransactions(
  sequelize: Sequelize,
  watch: ServerWatch,
): TransactionDriver<MysqlTx> {
  return {
    begin: async () => new MysqlTx(await sequelize.transaction()),
    commit: (tx) => commit(sequelize, tx.transaction),
    rollBack: (tx, failure) => rollBack(tx.transaction, failure),
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
 * Sequelize's own `commit` and `rollback` write to the console when the connection is lost; the log
 * is ours to keep, so the statement is sent and the connection given back here.
 */
async function commit(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  assert(ownsConnection(transaction), "Sequelize 6 gives connections back by cleanup");
  try {
    await sequelize.query("COMMIT", { transaction, type: QueryTypes.RAW });
    transaction.cleanup();
  } catch (failure) {
    await transaction.forceCleanup();
    throw failure;
  }
}

async function rollBack(transaction: Transaction, failure: unknown): Promise<void> {
  try {
    if (failureKind(failure) === "connection" && ownsConnection(transaction)) {
      await transaction.forceCleanup();
    } else {
      await transaction.rollback();
    }
  } catch {
    // Sequelize has rolled back by itself after a deadlock, or the connection is gone.
  }
}

/** What Sequelize's types do not mention. */
interface OwnsConnection {
  /** Gives the connection back to the pool. */
  cleanup(): void;
  /** Takes the connection out of the pool. */
  forceCleanup(): Promise<void>;
}

function ownsConnection(transaction: Transaction): transaction is Transaction & OwnsConnection {
  return "cleanup" in transaction && "forceCleanup" in transaction;
}
