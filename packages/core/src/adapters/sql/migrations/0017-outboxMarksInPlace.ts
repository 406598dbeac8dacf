import type { Migration } from "./migration.ts";

/**
 * Cheaper reads and marks of the relay. The index of due messages gets the time of the next
 * attempt, so that the relay finds the failed messages of a long backlog without reading its rows.
 * `published_at` has a value from the start, because InnoDB cannot change a row in place when a
 * column becomes longer than NULL: it moved the row within its page. Before the first publication,
 * the value has no meaning.
 */
export const outboxMarksInPlace: Migration = {
  name: "0017-outboxMarksInPlace",
  statements: [
    `ALTER TABLE outbox_messages
       MODIFY published_at DATETIME(6) NULL DEFAULT CURRENT_TIMESTAMP(6),
       DROP INDEX outbox_messages_due,
       ADD INDEX outbox_messages_due (bucket, status, id, next_attempt_at)`,
  ],
};
