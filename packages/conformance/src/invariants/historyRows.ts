import type { Acknowledgements } from "@onsale/core";
import type { TableRows } from "@onsale/core/testing";

/** The tables that the checkers read. */
export const HISTORY_TABLES = [
  "seats",
  "reservations",
  "reservationSeats",
  "pointAccounts",
  "pointEntries",
  "payments",
  "idempotencyRecords",
  "outboxMessages",
  "outboxPublications",
  "inboxMessages",
  "notifications",
  "opsAudit",
  "queues",
  "queueFormerLimits",
  "queueAdmissions",
] as const satisfies readonly (keyof TableRows)[];

export type HistoryTable = (typeof HISTORY_TABLES)[number];

/** Maps the name of each table that the checkers read to the type of a row of this table. */
export type HistoryRow = Pick<TableRows, HistoryTable>;

/** The rows of all tables. Times are microseconds since the epoch. */
export type HistoryRows = {
  readonly [Table in HistoryTable]: readonly HistoryRow[Table][];
};

/** A sale: its rows in the database, and the answers that its clients received. */
export interface History {
  /** The time at which the history ends. */
  readonly nowUs: number;
  readonly rows: HistoryRows;
  /** The answers that clients received; `undefined` when they were not recorded. */
  readonly acknowledged: Acknowledgements | undefined;
}
