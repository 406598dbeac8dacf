import type { Migration } from "./migration.ts";

/**
 * Supports the limit on a buyer's seats of one performance. The table has one row for each buyer
 * and performance. A hold locks this row before it counts the buyer's seats, so parallel holds of
 * one buyer count one after the other. The index finds the seats to count.
 */
export const seatAllowances: Migration = {
  name: "0005-seatAllowances",
  statements: [
    `CREATE TABLE seat_allowances (
      user_id BIGINT UNSIGNED NOT NULL,
      performance_id BIGINT UNSIGNED NOT NULL,
      holds INT UNSIGNED NOT NULL,
      PRIMARY KEY (user_id, performance_id)
    )`,
    "CREATE INDEX reservations_buyer ON reservations (user_id, performance_id, status)",
  ],
};
