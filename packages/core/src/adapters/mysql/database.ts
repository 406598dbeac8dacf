import type { Tx, TxOrNone, WithTransaction } from "../../ports/transaction.ts";

/** What may stand for a `:name` in a statement. An array becomes a list; rows become `(…), (…)`. */
export type SqlValue = string | number | boolean | Date | null;
export type SqlValues = Readonly<
  Record<string, SqlValue | readonly SqlValue[] | readonly (readonly SqlValue[])[]>
>;

/** The three ways in which stores talk to the database; values are always bound by name. */
export interface Database {
  select<Row extends object>(tx: TxOrNone, sql: string, values?: SqlValues): Promise<Row[]>;
  /** @returns the number of affected rows, which decides every contested write */
  change(tx: TxOrNone, sql: string, values?: SqlValues): Promise<number>;
  /** @returns the AUTO_INCREMENT id of the (first) inserted row */
  insert(tx: TxOrNone, sql: string, values?: SqlValues): Promise<number>;
  readonly withTransaction: WithTransaction;
  /** Makes the outbox message the transaction's commit marker, unless the transaction has one. */
  noteCommitMarker(tx: Tx, messageId: string): void;
}
