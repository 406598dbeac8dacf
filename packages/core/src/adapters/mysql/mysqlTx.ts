import assert from "node:assert/strict";
import type { Transaction } from "sequelize";
import type { Tx } from "../../ports/transaction.ts";

/** A transaction of this adapter, and what is needed to find out what became of it. */
export class MysqlTx implements Tx {
  readonly label = "mysql";
  readonly transaction: Transaction;
  /** A message that the transaction wrote; there exactly when the transaction was committed. */
  proof: string | undefined;
  committing = false;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }
}

/** What is behind the handle that stores are given. */
export function inside(tx: Tx): MysqlTx {
  assert(tx instanceof MysqlTx, "the transaction was begun by another adapter");
  return tx;
}

/** For the models, which take Sequelize's own transaction. */
export function sequelizeTransactionOf(tx: Tx): Transaction {
  return inside(tx).transaction;
}
