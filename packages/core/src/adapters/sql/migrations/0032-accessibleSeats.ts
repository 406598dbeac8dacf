import type { Migration } from "./migration.ts";

/**
 * Finds the few accessible seats of a performance, whose free ones are counted apart. The index has
 * no status, so that no hold and no payment changes it.
 */
export const accessibleSeats: Migration = {
  name: "0032-accessibleSeats",
  statements: ["CREATE INDEX seats_accessible ON seats (performance_id, is_accessible)"],
};
