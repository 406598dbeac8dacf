import type { Migration } from "./migration.ts";

/**
 * How many seats of this performance a buyer may have, unpaid and paid seats together. NULL: the
 * limit of the installation, `SEATS_PER_BUYER_MAX`.
 */
export const buyerLimits: Migration = {
  name: "0021-buyerLimits",
  statements: ["ALTER TABLE performances ADD COLUMN seats_per_buyer_max INT UNSIGNED NULL"],
};
