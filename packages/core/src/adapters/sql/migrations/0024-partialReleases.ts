import type { Migration } from "./migration.ts";

/**
 * Seats that leave a reservation alone, before the reservation ends. `released_version` is the
 * version of the reservation that gave the seat back, and NULL for a seat that stays with the
 * reservation to its end. `partly_refunded` is the sum of the points that partial refunds of the
 * payment gave back; the last refund of the whole gives back the rest.
 */
export const partialReleases: Migration = {
  name: "0024-partialReleases",
  statements: [
    `ALTER TABLE reservation_seats
       ADD COLUMN released_version INT UNSIGNED NULL,
       ADD COLUMN released_at DATETIME(6) NULL`,
    "ALTER TABLE payments ADD COLUMN partly_refunded BIGINT NOT NULL DEFAULT 0",
  ],
};
