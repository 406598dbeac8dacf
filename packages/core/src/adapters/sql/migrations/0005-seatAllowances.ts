import type { Migration } from "./migration.ts";

/**
 * The limit over a buyer's seats of one performance: a row per buyer and performance, which each
 * hold locks before it counts the buyer's seats, so that parallel holds of one buyer are counted
 * one after the other. The index finds the seats that count.
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
