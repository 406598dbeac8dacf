import {
  type DeliveryLog,
  NOTIFICATION_STATUSES,
  type NotificationRecord,
  type NotificationSelection,
} from "../../ports/deliveryLog.ts";
import { takeTraceparent } from "../../shared/traceparent.ts";
import { jsonObject } from "../shared/jsonObject.ts";
import { lastError } from "../shared/lastError.ts";
import type { AnswerRow } from "./answerRow.ts";
import { isAscii } from "./asciiText.ts";
import type { Database, SqlValues } from "./database.ts";
import { deleteOld, oldRows } from "./deleteOld.ts";
import { query, type Sql, sql } from "./statement.ts";

const RECORD = sql(
  "deliveryLog.record",
  `INSERT INTO notification_deliveries (notification_id, duration_ms, error) VALUES :rows`,
);

const SELECTED = `(:status IS NULL OR status = :status)
       AND (:messageId IS NULL OR message_id = :messageId)
       AND (:reservationId IS NULL OR reservation_id = :reservationId)`;

const LIST = query(
  sql(
    "deliveryLog.list",
    `SELECT id, message_id AS messageId, body, reservation_id AS reservationId, status, attempts,
            created_at AS createdAt, next_attempt_at AS nextAttemptAt, delivered_at AS deliveredAt,
            last_error AS lastError
     FROM notifications
     WHERE ${SELECTED} AND (:beforeId IS NULL OR id < :beforeId)
     ORDER BY id DESC LIMIT :max`,
  ),
  presentRecord,
);

const DELIVERIES = query(
  sql(
    "deliveryLog.deliveries",
    `SELECT attempted_at AS attemptedAt, duration_ms AS durationMs, error
     FROM notification_deliveries WHERE notification_id = :notificationId
     ORDER BY id LIMIT :max`,
  ),
  (row) => ({
    attemptedAt: row.date("attemptedAt"),
    durationMs: row.integer("durationMs"),
    error: row.textOrNone("error"),
  }),
);

const COUNT_ENDED = query(
  sql(
    "deliveryLog.countEnded",
    `SELECT COUNT(*) AS notifications FROM notifications
     WHERE ${SELECTED} AND status IN ('DELIVERED', 'DEAD')`,
  ),
  (row) => row.integer("notifications"),
);

const LOCK_ENDED = query(
  sql(
    "deliveryLog.repeat:lock",
    `SELECT id FROM notifications
     WHERE ${SELECTED} AND status IN ('DELIVERED', 'DEAD') AND id > :afterId
     ORDER BY id LIMIT :max FOR UPDATE`,
  ),
  (row) => row.integer("id"),
);

const REPEAT = sql(
  "deliveryLog.repeat",
  `UPDATE notifications FORCE INDEX (PRIMARY)
   SET status = 'OWED', attempts = 0, next_attempt_at = NOW(6), delivered_at = NULL,
       last_error = NULL
   WHERE id IN (:ids)`,
);

const CLEAN_UP = deleteOld("deliveryLog.cleanUp", "notification_deliveries", "attempted_at");

/** All statements of the delivery log. */
export const DELIVERY_LOG_STATEMENTS: readonly Sql[] = [
  RECORD,
  LIST,
  DELIVERIES,
  COUNT_ENDED,
  LOCK_ENDED,
  REPEAT,
  CLEAN_UP,
];

/** Stores the attempts to deliver notifications. */
export function sqlDeliveryLog(db: Database): DeliveryLog {
  return {
    async record(tx, deliveries) {
      if (deliveries.length === 0) return;
      const rows = deliveries.map(({ notificationId, durationMs, error }) => [
        ...[notificationId, Math.round(durationMs)],
        error === undefined ? null : lastError(error),
      ]);
      await db.change(tx, RECORD, { rows });
    },

    async list(tx, selection, { beforeId = null, max }) {
      if (!isAscii(selection.messageId ?? "")) return [];
      return db.select(tx, LIST, { ...valuesOf(selection), beforeId, max });
    },

    deliveries: (tx, notificationId, max) => db.select(tx, DELIVERIES, { notificationId, max }),

    async countEnded(tx, selection) {
      const [count = 0] = await db.select(tx, COUNT_ENDED, valuesOf(selection));
      return count;
    },

    async repeat(tx, selection, { afterId, max }) {
      const ids = await db.select(tx, LOCK_ENDED, { ...valuesOf(selection), afterId, max });
      if (ids.length > 0) await db.change(tx, REPEAT, { ids });
      return ids;
    },

    cleanUp: oldRows(db, CLEAN_UP),
  };
}

function valuesOf({ status, messageId, reservationId }: NotificationSelection): SqlValues {
  return {
    status: status ?? null,
    messageId: messageId ?? null,
    reservationId: reservationId ?? null,
  };
}

function presentRecord(row: AnswerRow): NotificationRecord {
  const { payload: body } = takeTraceparent(jsonObject(row.text("body")));
  return {
    id: row.integer("id"),
    messageId: row.text("messageId"),
    type: typeof body.type === "string" ? body.type : "",
    reservationId: row.integerOrNone("reservationId"),
    status: row.oneOf("status", NOTIFICATION_STATUSES),
    attempts: row.integer("attempts"),
    createdAt: row.date("createdAt"),
    nextAttemptAt: row.date("nextAttemptAt"),
    deliveredAt: row.dateOrNone("deliveredAt"),
    lastError: row.textOrNone("lastError"),
    body,
  };
}
