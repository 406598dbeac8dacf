import type { Migration } from "./migration.ts";

/**
 * Cheaper reads of the catalog. `performances_date` finds the concerts of some days without a look
 * at every concert. `seats_for_sale` gets the end of the hold, so that the server counts and lists
 * free seats in the index alone: it looked up each held seat in the table, also those whose hold
 * had not ended. docs/studies/indexes has the figures.
 */
export const catalogIndexes: Migration = {
  name: "0018-catalogIndexes",
  statements: [
    "CREATE INDEX performances_date ON performances (starts_at, concert_id)",
    `ALTER TABLE seats
       DROP INDEX seats_for_sale,
       ADD INDEX seats_for_sale (performance_id, status, hold_expires_at)`,
  ],
};
