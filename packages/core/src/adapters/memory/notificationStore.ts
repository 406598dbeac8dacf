import type { Notification, NotificationStore } from "../../ports/notificationStore.ts";
import type { Tx, TxOrNone } from "../../ports/transaction.ts";
import { jsonObject } from "../shared/jsonObject.ts";
import { lastError } from "../shared/lastError.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import type { NotificationRow } from "./database/rows.ts";
import { toUs } from "./times.ts";

const soonestFirst = (a: NotificationRow, b: NotificationRow): number =>
  a.nextAttemptAtUs - b.nextAttemptAtUs || a.id - b.id;
const isOwed = (row: NotificationRow): boolean => row.status === "OWED";

/** Notifications owed to the external platform, in memory. */
export function memoryNotificationStore(db: MemoryDb): NotificationStore {
  const { notifications } = db.tables;
  return {
    async insert(tx, { messageId, body }) {
      await db.run(tx, "notifications.insert", (s) =>
        s.insert(notifications, {
          id: notifications.nextId(),
          messageId,
          body: JSON.stringify(body),
          status: "OWED",
          attempts: 0,
          nextAttemptAtUs: s.nowUs,
          createdAtUs: s.nowUs,
          deliveredAtUs: null,
          lastError: null,
        }),
      );
    },

    async takeDue(tx, max, hiddenMs) {
      const locked = await db.run(tx, "notifications.takeDue:lock", (s) =>
        s.lock(
          notifications.by("status", "OWED"),
          (row) => isOwed(row) && row.nextAttemptAtUs <= s.nowUs,
          { wait: "skip", walk: { order: soonestFirst, max } },
        ),
      );
      if (locked.length === 0) return [];
      const ids = locked.map(({ id }) => id);
      await change(db, tx, "notifications.takeDue:hide", ids, (row, nowUs) => ({
        ...row,
        nextAttemptAtUs: nowUs + toUs(hiddenMs),
      }));
      return locked.map(present);
    },

    async markDelivered(tx, ids) {
      if (ids.length === 0) return;
      await change(db, tx, "notifications.markDelivered", ids, (row, nowUs) => ({
        ...row,
        status: "DELIVERED",
        deliveredAtUs: nowUs,
        attempts: row.attempts + 1,
        lastError: null,
      }));
    },

    async markFailed(tx, id, { error, retryInMs, dead }) {
      await change(db, tx, "notifications.markFailed", [id], (row, nowUs) => ({
        ...row,
        attempts: row.attempts + 1,
        lastError: lastError(error),
        status: dead ? "DEAD" : "OWED",
        nextAttemptAtUs: nowUs + toUs(retryInMs),
      }));
    },

    counts: (tx) =>
      db.run(tx, "notifications.counts", (s) => ({
        owed: s.count(notifications, "status", "OWED"),
        delivered: s.count(notifications, "status", "DELIVERED"),
        dead: s.count(notifications, "status", "DEAD"),
      })),

    cleanUp: (tx, ageMs, max) => cleanUp(db, tx, toUs(ageMs), max),
  };
}

/** Changes those of the notifications that are still owed. */
function change(
  db: MemoryDb,
  tx: TxOrNone,
  point: string,
  ids: readonly number[],
  toNext: (row: NotificationRow, nowUs: number) => NotificationRow,
): Promise<number> {
  const { notifications } = db.tables;
  return db.run(tx, point, (s) =>
    s.update(notifications, notifications.of(ids), isOwed, (row) => toNext(row, s.nowUs)),
  );
}

/** Those delivered long ago; they were due before that. */
function cleanUp(db: MemoryDb, tx: Tx, ageUs: number, max: number): Promise<number> {
  const { notifications } = db.tables;
  return db.run(tx, "notifications.cleanUp", (s) =>
    s.remove(
      notifications.by("status", "DELIVERED"),
      (row) =>
        row.status === "DELIVERED" &&
        row.nextAttemptAtUs < s.nowUs - ageUs &&
        (row.deliveredAtUs ?? s.nowUs) < s.nowUs - ageUs,
      { order: soonestFirst, max },
    ),
  );
}

function present({ id, messageId, body, attempts }: NotificationRow): Notification {
  return { id, messageId, body: jsonObject(body), attempts };
}
