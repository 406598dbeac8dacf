import type { Migration } from "./migration.ts";

/**
 * The row of each seat, NULL for seats of an earlier version. Whether a seat is for guests who need
 * an accessible one. Seats that the box office keeps back are BLOCKED, which no hold accepts;
 * `seat_blocks` has the reasons, apart from the seats, because few seats are blocked.
 */
export const seatRowsAndBlocks: Migration = {
  name: "0025-seatRowsAndBlocks",
  statements: [
    `ALTER TABLE seats
       MODIFY status ENUM('AVAILABLE','HELD','SOLD','BLOCKED') NOT NULL DEFAULT 'AVAILABLE',
       ADD COLUMN row_name VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL,
       ADD COLUMN is_accessible TINYINT UNSIGNED NOT NULL DEFAULT 0`,
    `CREATE TABLE seat_blocks (
      seat_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      reason VARCHAR(200) NOT NULL,
      blocked_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
    )`,
  ],
};
