import type { Tx, TxOrNone, WithTransaction } from "../../ports/transaction.ts";
import type { FailureKind } from "../shared/failureKind.ts";
import type { Sql, SqlQuery } from "./statement.ts";

/** What may stand for a `:name` in a statement. An array becomes a list; rows become `(…), (…)`. */
export type SqlValue = string | number | boolean | Date | null;
export type SqlValues = Readonly<
  Record<string, SqlValue | readonly SqlValue[] | readonly (readonly SqlValue[])[]>
>;

/**
 * The way of the stores to a database that speaks MySQL's SQL; values are always bound by name.
 * With `null` for the transaction a statement is one of its own.
 */
export interface Database {
  select<Row>(tx: TxOrNone, statement: SqlQuery<Row>, values?: SqlValues): Promise<Row[]>;
  /** @returns the number of affected rows, which decides every contested write */
  change(tx: TxOrNone, statement: Sql, values?: SqlValues): Promise<number>;
  /** @returns the AUTO_INCREMENT id of the first inserted row, or what LAST_INSERT_ID() got */
  insert(tx: TxOrNone, statement: Sql, values?: SqlValues): Promise<number>;
  readonly withTransaction: WithTransaction;
  /** Makes the outbox message the transaction's commit marker, unless the transaction has one. */
  noteCommitMarker(tx: Tx, messageId: string): void;
  /** What the failure of a statement means for the transaction around it. */
  failureKind(error: unknown): FailureKind;
}
