import type { Tx, TxOrNone, WithTransaction } from "../../ports/transaction.ts";
import type { FailureKind } from "../shared/failureKind.ts";
import type { Sql, SqlQuery } from "./statement.ts";

/** The value of a `:name` in a statement. An array becomes a list; rows become `(…), (…)`. */
export type SqlValue = string | number | boolean | Date | null;
export type SqlValues = Readonly<
  Record<string, SqlValue | readonly SqlValue[] | readonly (readonly SqlValue[])[]>
>;

/**
 * Runs statements of the SQL stores on a database that understands MySQL's SQL. Values are always
 * bound by name. With `null` for the transaction, a statement is a transaction of its own.
 */
export interface Database {
  select<Row>(tx: TxOrNone, statement: SqlQuery<Row>, values?: SqlValues): Promise<Row[]>;
  /** @returns the number of affected rows, which decides every contested write */
  change(tx: TxOrNone, statement: Sql, values?: SqlValues): Promise<number>;
  /**
   * @returns the AUTO_INCREMENT id of the first inserted row, or the argument of LAST_INSERT_ID()
   */
  insert(tx: TxOrNone, statement: Sql, values?: SqlValues): Promise<number>;
  readonly withTransaction: WithTransaction;
  /**
   * Records the outbox message as the transaction's commit marker, unless the transaction has one.
   */
  noteCommitMarker(tx: Tx, messageId: string): void;
  /** Classifies the error of a failed statement, which decides how the transaction continues. */
  failureKind(error: unknown): FailureKind;
}
