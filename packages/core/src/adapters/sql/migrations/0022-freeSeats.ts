import type { Migration } from "./migration.ts";

/** Allows seats at the price 0. Such a seat is held, paid and refunded without a ledger entry. */
export const freeSeats: Migration = {
  name: "0022-freeSeats",
  statements: [
    `ALTER TABLE seats
       DROP CONSTRAINT seats_price_positive,
       ADD CONSTRAINT seats_price_not_negative CHECK (price >= 0)`,
  ],
};
