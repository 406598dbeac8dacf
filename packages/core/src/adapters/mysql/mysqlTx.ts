import assert from "node:assert/strict";
import type { Transaction } from "sequelize";
import type { Tx } from "../../ports/transaction.ts";
import type { RunnerTx } from "../shared/transactionRunner.ts";

/** A transaction of this adapter, with the commit marker that shows whether it was committed. */
export class MysqlTx implements RunnerTx {
  readonly label = "mysql";
  readonly transaction: Transaction;
  commitMarker: string | undefined;
  committing = false;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }
}

/** Returns this adapter's transaction from the port's handle. */
export function inside(tx: Tx): MysqlTx {
  assert(tx instanceof MysqlTx, "the transaction was begun by another adapter");
  return tx;
}
