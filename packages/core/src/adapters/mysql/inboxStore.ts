import type { InboxStore } from "../../ports/inboxStore.ts";
import type { Database } from "./database.ts";

/** The primary key decides; a second transaction waits here until the first has committed or not. */
const RECORD = /* sql */ `
  INSERT IGNORE INTO inbox_messages (consumer, message_id) VALUES (:consumer, :messageId)`;

/** What each consumer has applied. */
export function mysqlInboxStore(db: Database): InboxStore {
  return {
    async record(tx, consumer, messageId) {
      return (await db.change(tx, RECORD, { consumer, messageId })) === 1;
    },
  };
}
