import type { Migration } from "./migration.ts";

/**
 * The result of the last complete check of the invariants, so that an operator of a large
 * installation sees it immediately. The table has one row.
 */
export const invariantChecks: Migration = {
  name: "0014-invariantChecks",
  statements: [
    `CREATE TABLE invariant_checks (
      name VARCHAR(32) CHARACTER SET ascii NOT NULL PRIMARY KEY,
      report MEDIUMTEXT NOT NULL,
      taken_at DATETIME(6) NOT NULL
    )`,
  ],
};
