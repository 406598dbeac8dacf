import type { Notification, NotificationStore } from "../../ports/notificationStore.ts";
import { jsonObject } from "../shared/jsonObject.ts";
import { lastError } from "../shared/lastError.ts";
import { toInteger } from "./convert.ts";
import type { Database } from "./database.ts";

const INSERT = "INSERT INTO notifications (message_id, body) VALUES (:messageId, :body)";

const TAKE_DUE = /* sql */ `
  SELECT id, message_id, body, attempts
  FROM notifications
  WHERE status = 'OWED' AND next_attempt_at <= NOW(6)
  ORDER BY next_attempt_at LIMIT :max
  FOR UPDATE SKIP LOCKED`;

const HIDE = /* sql */ `
  UPDATE notifications SET next_attempt_at = NOW(6) + INTERVAL :hiddenUs MICROSECOND
  WHERE id IN (:ids)`;

/** By the primary key: through the index on the state it would wait for rows of others. */
const MARK_DELIVERED = /* sql */ `
  UPDATE notifications FORCE INDEX (PRIMARY)
  SET status = 'DELIVERED', delivered_at = NOW(6), attempts = attempts + 1, last_error = NULL
  WHERE id IN (:ids) AND status = 'OWED'`;

const MARK_FAILED = /* sql */ `
  UPDATE notifications FORCE INDEX (PRIMARY)
  SET attempts = attempts + 1, last_error = :error, status = IF(:dead, 'DEAD', 'OWED'),
      next_attempt_at = NOW(6) + INTERVAL :retryInUs MICROSECOND
  WHERE id = :id AND status = 'OWED'`;

/**
 * A delivered notification was due before its delivery, so the index on the due time finds the old
 * ones.
 */
const DELETE_DELIVERED = /* sql */ `
  DELETE FROM notifications
  WHERE status = 'DELIVERED' AND next_attempt_at < NOW(6) - INTERVAL :ageUs MICROSECOND
    AND delivered_at < NOW(6) - INTERVAL :ageUs MICROSECOND
  ORDER BY next_attempt_at LIMIT :max`;

const COUNT_BY_STATUS =
  "SELECT status, COUNT(*) AS notifications FROM notifications GROUP BY status";

interface NotificationRow {
  readonly id: number;
  readonly message_id: string;
  readonly body: string;
  readonly attempts: number;
}

function toNotification(row: NotificationRow): Notification {
  return {
    id: toInteger(row.id),
    messageId: row.message_id,
    body: jsonObject(row.body),
    attempts: row.attempts,
  };
}

/** Notifications owed to the external platform. */
export function mysqlNotificationStore(db: Database): NotificationStore {
  return {
    async insert(tx, { messageId, body }) {
      await db.insert(tx, INSERT, { messageId, body: JSON.stringify(body) });
    },

    async takeDue(tx, max, hiddenMs) {
      const rows = await db.select<NotificationRow>(tx, TAKE_DUE, { max });
      if (rows.length === 0) return [];
      const ids = rows.map(({ id }) => toInteger(id));
      await db.change(tx, HIDE, { ids, hiddenUs: Math.round(hiddenMs * 1000) });
      return rows.map(toNotification);
    },

    async markDelivered(tx, ids) {
      if (ids.length > 0) await db.change(tx, MARK_DELIVERED, { ids });
    },

    async markFailed(tx, id, { error, retryInMs, dead }) {
      await db.change(tx, MARK_FAILED, {
        id,
        error: lastError(error),
        retryInUs: Math.round(retryInMs * 1000),
        dead,
      });
    },

    async counts(tx) {
      const rows = await db.select<{ status: string; notifications: number }>(tx, COUNT_BY_STATUS);
      const byStatus = new Map(
        rows.map(({ status, notifications }) => [status, toInteger(notifications)]),
      );
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
