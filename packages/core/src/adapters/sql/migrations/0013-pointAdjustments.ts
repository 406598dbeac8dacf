import type { Migration } from "./migration.ts";

/**
 * Adjustments of point accounts by operators. Amounts stay positive, and the kind has the sign, as
 * with all other entries. `adjust_audit` is the audit record of the adjustment: I3 accepts an
 * adjustment only with this record.
 */
export const pointAdjustments: Migration = {
  name: "0013-pointAdjustments",
  statements: [
    `ALTER TABLE point_entries
       MODIFY kind ENUM('CHARGE','SPEND','REFUND','ADJUST_CREDIT','ADJUST_DEBIT') NOT NULL`,
    "ALTER TABLE point_entries ADD COLUMN adjust_audit BIGINT UNSIGNED NULL",
  ],
};
