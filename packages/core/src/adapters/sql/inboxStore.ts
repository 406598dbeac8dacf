import type { InboxStore } from "../../ports/inboxStore.ts";
import type { Database } from "./database.ts";
import { query, type Sql, sql } from "./statement.ts";

/**
 * Records a message as applied. The primary key decides a race: a second transaction waits at this
 * statement until the first transaction has committed or rolled back.
 */
const RECORD = sql(
  "inbox.record",
  `INSERT IGNORE INTO inbox_messages (consumer, message_id) VALUES (:consumer, :messageId)`,
);

const RECORD_ALL = sql(
  "inbox.recordAll",
  `INSERT IGNORE INTO inbox_messages (consumer, message_id) VALUES :rows`,
);

/**
 * Reads the oldest rows at the low end of the primary key. Message ids are UUIDs of version 7, so
 * they sort by time. The table has no index on the time.
 */
const OLD = query(
  sql(
    "inbox.cleanUp:find",
    `SELECT message_id AS messageId FROM (
       SELECT message_id, applied_at FROM inbox_messages
       WHERE consumer = :consumer ORDER BY message_id LIMIT :max
     ) oldest
     WHERE oldest.applied_at < NOW(6) - INTERVAL :ageUs MICROSECOND`,
  ),
  (row) => row.text("messageId"),
);

const DELETE = sql(
  "inbox.cleanUp:delete",
  `DELETE FROM inbox_messages WHERE consumer = :consumer AND message_id IN (:messageIds)`,
);

/** All statements of the inbox store. */
export const INBOX_STATEMENTS: readonly Sql[] = [RECORD, RECORD_ALL, OLD, DELETE];

/** Stores the ids of the messages that each consumer has applied. */
export function sqlInboxStore(db: Database): InboxStore {
  return {
    async record(tx, consumer, messageId) {
      return (await db.change(tx, RECORD, { consumer, messageId })) === 1;
    },

    async recordAll(tx, consumer, messageIds) {
      if (messageIds.length === 0) return 0;
      // All transactions insert in this order, so that they do not wait in a circle.
      const rows = messageIds.toSorted().map((messageId) => [consumer, messageId]);
      return db.change(tx, RECORD_ALL, { rows });
    },

    async cleanUp(tx, consumer, ageMs, max) {
      const values = { consumer, max, ageUs: Math.round(ageMs * 1000) };
      const messageIds = await db.select(tx, OLD, values);
      if (messageIds.length === 0) return 0;
      return db.change(tx, DELETE, { consumer, messageIds });
    },
  };
}
