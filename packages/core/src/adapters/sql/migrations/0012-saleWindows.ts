import type { Migration } from "./migration.ts";

/**
 * When the sale of a performance begins and ends. NULL: the sale has begun, or it does not end. A
 * hold outside of this window is refused; the database's clock decides.
 */
export const saleWindows: Migration = {
  name: "0012-saleWindows",
  statements: [
    "ALTER TABLE performances ADD COLUMN sale_opens_at DATETIME(6) NULL",
    "ALTER TABLE performances ADD COLUMN sale_closes_at DATETIME(6) NULL",
  ],
};
