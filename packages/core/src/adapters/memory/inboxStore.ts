import type { InboxStore } from "../../ports/inboxStore.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import type { InboxRow } from "./database/rows.ts";
import { keyOf } from "./database/tables.ts";
import { toUs } from "./times.ts";

/** Message ids are UUIDs of version 7, so the oldest come first. */
const byMessageId = (a: InboxRow, b: InboxRow): number => (a.messageId < b.messageId ? -1 : 1);

/** What each consumer has applied, in memory. */
export function memoryInboxStore(db: MemoryDb): InboxStore {
  const { inboxMessages } = db.tables;
  return {
    record: (tx, consumer, messageId) =>
      db.run(tx, "inbox.record", (s) =>
        s.insert(inboxMessages, { consumer, messageId, appliedAtUs: s.nowUs }, "ignore"),
      ),

    async cleanUp(tx, consumer, ageMs, max) {
      const old = await db.run(tx, "inbox.cleanUp:find", (s) =>
        s
          .where(inboxMessages, "consumer", consumer)
          .sort(byMessageId)
          .slice(0, max)
          .filter(({ appliedAtUs }) => appliedAtUs < s.nowUs - toUs(ageMs)),
      );
      if (old.length === 0) return 0;
      const keys = old.map(({ messageId }) => keyOf(consumer, messageId));
      return db.run(tx, "inbox.cleanUp:delete", (s) =>
        s.remove(inboxMessages.of(keys), () => true),
      );
    },
  };
}
