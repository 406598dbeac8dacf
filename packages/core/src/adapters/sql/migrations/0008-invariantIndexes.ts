import type { Migration } from "./migration.ts";

/**
 * I5, I6: the checkers of the invariants read millions of publications and notifications along
 * these indexes. Each index now has every column of these reads, so the server does not look up the
 * rows in the table, which took most of its time.
 */
export const invariantIndexes: Migration = {
  name: "0008-invariantIndexes",
  statements: [
    `ALTER TABLE outbox_publications DROP INDEX outbox_publications_aggregate,
      ADD INDEX outbox_publications_aggregate
        (aggregate_type, aggregate_id, id, aggregate_version)`,
    `ALTER TABLE notifications DROP INDEX notifications_message,
      ADD INDEX notifications_message (message_id, created_at)`,
  ],
};
