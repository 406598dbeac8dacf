import type { Tx } from "../../ports/transaction.ts";
import type { Database } from "./database.ts";
import { type Sql, sql } from "./statement.ts";

/** Deletes up to `max` rows that are older than `ageMs`. @returns the number of deleted rows */
export type DeleteOld = (tx: Tx, ageMs: number, max: number) => Promise<number>;

/**
 * Makes the statement that deletes the old rows of a table, the oldest first. The column with their
 * time needs an index that begins with it, so that a batch reads only what it deletes.
 */
export const deleteOld = (name: string, table: string, time: string): Sql =>
  sql(
    name,
    `DELETE FROM ${table} WHERE ${time} < NOW(6) - INTERVAL :ageUs MICROSECOND
      ORDER BY ${time} LIMIT :max`,
  );

/** Runs a statement of `deleteOld`. */
export const oldRows =
  (db: Database, statement: Sql): DeleteOld =>
  (tx, ageMs, max) =>
    db.change(tx, statement, { ageUs: Math.round(ageMs * 1000), max });
