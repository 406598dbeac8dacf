import type { InboxStore } from "../../ports/inboxStore.ts";
import type { Database } from "./database.ts";

/**
 * The primary key decides; a second transaction waits here until the first has committed or not.
 */
const RECORD = /* sql */ `
  INSERT IGNORE INTO inbox_messages (consumer, message_id) VALUES (:consumer, :messageId)`;

/**
 * From the low end of the primary key: message ids are UUIDs of version 7, so the oldest come
 * first. The table has no index on the time.
 */
const OLD = /* sql */ `
  SELECT message_id FROM (
    SELECT message_id, applied_at FROM inbox_messages
    WHERE consumer = :consumer ORDER BY message_id LIMIT :max
  ) oldest
  WHERE oldest.applied_at < NOW(6) - INTERVAL :ageUs MICROSECOND`;

const DELETE = /* sql */ `
  DELETE FROM inbox_messages WHERE consumer = :consumer AND message_id IN (:messageIds)`;

/** What each consumer has applied. */
export function mysqlInboxStore(db: Database): InboxStore {
  return {
    async record(tx, consumer, messageId) {
      return (await db.change(tx, RECORD, { consumer, messageId })) === 1;
    },

    async cleanUp(tx, consumer, ageMs, max) {
      const values = { consumer, max, ageUs: Math.round(ageMs * 1000) };
      const rows = await db.select<{ message_id: string }>(tx, OLD, values);
      if (rows.length === 0) return 0;
      const messageIds = rows.map((row) => row.message_id);
      return db.change(tx, DELETE, { consumer, messageIds });
    },
  };
}
