import type { NotificationStore } from "../../ports/notificationStore.ts";
import { lastError } from "../shared/lastError.ts";
import type { Database } from "./database.ts";
import { DUE_NOTIFICATION_STATEMENTS, resume, takeDue } from "./dueNotifications.ts";
import { query, type Sql, sql } from "./statement.ts";

const INSERT = sql(
  "notifications.insert",
  `INSERT INTO notifications (message_id, body, reservation_id)
   VALUES (:messageId, :body, :reservationId)`,
);

/**
 * Finds rows by primary key. A scan of the index on the state would wait for locks of other rows.
 */
const MARK_DELIVERED = sql(
  "notifications.markDelivered",
  `UPDATE notifications FORCE INDEX (PRIMARY)
   SET status = 'DELIVERED', delivered_at = NOW(6), attempts = attempts + 1, last_error = NULL
   WHERE id IN (:ids) AND status = 'OWED'`,
);

/**
 * A later sender has moved the due time beyond the end of the hidden time of an earlier one. So the
 * late mark of the earlier sender changes nothing.
 */
const MARK_FAILED = sql(
  "notifications.markFailed",
  `UPDATE notifications FORCE INDEX (PRIMARY)
   SET attempts = attempts + 1, last_error = :error, status = IF(:dead, 'DEAD', 'OWED'),
       next_attempt_at = NOW(6) + INTERVAL :retryInUs MICROSECOND
   WHERE id = :id AND status = 'OWED' AND next_attempt_at <= :hiddenUntil`,
);

const POSTPONE = sql(
  "notifications.postpone",
  `UPDATE notifications FORCE INDEX (PRIMARY)
   SET next_attempt_at = NOW(6) + INTERVAL :byUs MICROSECOND
   WHERE id IN (:ids) AND status = 'OWED' AND next_attempt_at <= :hiddenUntil`,
);

const BACKLOG = query(
  sql(
    "notifications.backlog:age",
    `SELECT COUNT(*) AS owed,
            COALESCE(TIMESTAMPDIFF(MICROSECOND, MIN(created_at), NOW(6)), 0) AS ageUs
     FROM notifications WHERE status = 'OWED'`,
  ),
  (row) => ({ owed: row.integer("owed"), ageUs: row.integer("ageUs") }),
);

const FAILURE = query(
  sql(
    "notifications.backlog:error",
    `SELECT last_error AS error FROM notifications
     WHERE status = 'OWED' AND last_error IS NOT NULL ORDER BY next_attempt_at LIMIT 1`,
  ),
  (row) => row.text("error"),
);

const COUNT_POSTPONED = query(
  sql(
    "notifications.countPostponed",
    `SELECT COUNT(*) AS postponed FROM notifications
     WHERE status = 'OWED' AND attempts > 0
       AND next_attempt_at > NOW(6) + INTERVAL :laterThanUs MICROSECOND`,
  ),
  (row) => row.integer("postponed"),
);

const LOCK_POSTPONED = query(
  sql(
    "notifications.makeDue:lock",
    `SELECT id FROM notifications
     WHERE status = 'OWED' AND attempts > 0
       AND next_attempt_at > NOW(6) + INTERVAL :laterThanUs MICROSECOND
     ORDER BY next_attempt_at LIMIT :max
     FOR UPDATE SKIP LOCKED`,
  ),
  (row) => row.integer("id"),
);

const RESTART = sql(
  "notifications.makeDue",
  `UPDATE notifications FORCE INDEX (PRIMARY) SET next_attempt_at = NOW(6), attempts = 1
   WHERE id IN (:ids)`,
);

/**
 * Finds old delivered notifications by the index on the due time, because a notification is due
 * before it is delivered. `DELETE_PUBLISHED` of the outbox explains the order.
 */
const DELETE_DELIVERED = sql(
  "notifications.cleanUp",
  `DELETE FROM notifications
   WHERE status = 'DELIVERED' AND next_attempt_at < NOW(6) - INTERVAL :ageUs MICROSECOND
     AND delivered_at < NOW(6) - INTERVAL :ageUs MICROSECOND
   ORDER BY status, next_attempt_at LIMIT :max`,
);

const COUNT_BY_STATUS = query(
  sql(
    "notifications.counts",
    `SELECT status, COUNT(*) AS notifications FROM notifications GROUP BY status`,
  ),
  (row) => [row.text("status"), row.integer("notifications")] as const,
);

/** All statements of the notification store. */
export const NOTIFICATION_STATEMENTS: readonly Sql[] = [
  INSERT,
  ...DUE_NOTIFICATION_STATEMENTS,
  MARK_DELIVERED,
  MARK_FAILED,
  POSTPONE,
  DELETE_DELIVERED,
  BACKLOG,
  FAILURE,
  COUNT_POSTPONED,
  LOCK_POSTPONED,
  RESTART,
  COUNT_BY_STATUS,
];

/** Stores notifications, which the notifier sends to the webhook. */
export function sqlNotificationStore(db: Database): NotificationStore {
  return {
    async insert(tx, { messageId, body, reservationId = null }) {
      await db.insert(tx, INSERT, { messageId, body: JSON.stringify(body), reservationId });
    },

    takeDue: (tx, max, hiddenMs) => takeDue(db, tx, max, hiddenMs),

    resume: (tx, reservationIds) => resume(db, tx, reservationIds),

    async markDelivered(tx, ids) {
      if (ids.length > 0) await db.change(tx, MARK_DELIVERED, { ids });
    },

    async markFailed(tx, { id, hiddenUntil }, { error, retryInMs, dead }) {
      const marked = await db.change(tx, MARK_FAILED, {
        ...{ id, hiddenUntil, dead },
        error: lastError(error),
        retryInUs: Math.round(retryInMs * 1000),
      });
      return marked === 1;
    },

    async postpone(tx, taken, byMs) {
      const [first] = taken;
      if (!first) return;
      const ids = taken.map(({ id }) => id);
      const byUs = Math.round(byMs * 1000);
      await db.change(tx, POSTPONE, { ids, byUs, hiddenUntil: first.hiddenUntil });
    },

    async backlog(tx) {
      const [found] = await db.select(tx, BACKLOG);
      const [error] = await db.select(tx, FAILURE);
      const { owed = 0, ageUs = 0 } = found ?? {};
      return { owed, oldestAgeMs: Math.max(0, ageUs / 1000), error };
    },

    async makeDue(tx, laterThanMs, max) {
      const laterThanUs = Math.round(laterThanMs * 1000);
      const ids = await db.select(tx, LOCK_POSTPONED, { laterThanUs, max });
      if (ids.length === 0) return 0;
      return db.change(tx, RESTART, { ids });
    },

    async countPostponed(tx, laterThanMs) {
      const laterThanUs = Math.round(laterThanMs * 1000);
      const [postponed = 0] = await db.select(tx, COUNT_POSTPONED, { laterThanUs });
      return postponed;
    },

    async counts(tx) {
      const byStatus = new Map(await db.select(tx, COUNT_BY_STATUS));
      return {
        owed: byStatus.get("OWED") ?? 0,
        delivered: byStatus.get("DELIVERED") ?? 0,
        dead: byStatus.get("DEAD") ?? 0,
      };
    },

    cleanUp: (tx, ageMs, max) =>
      db.change(tx, DELETE_DELIVERED, { ageUs: Math.round(ageMs * 1000), max }),
  };
}
