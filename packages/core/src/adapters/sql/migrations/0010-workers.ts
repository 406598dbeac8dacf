import type { Migration } from "./migration.ts";

/** Signs of life of worker processes, so that a dead or frozen worker is noticed. */
export const workers: Migration = {
  name: "0010-workers",
  statements: [
    `CREATE TABLE workers (
      id CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY,
      process_name VARCHAR(255) NOT NULL,
      loops MEDIUMTEXT NOT NULL,
      started_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
      seen_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
    )`,
  ],
};
