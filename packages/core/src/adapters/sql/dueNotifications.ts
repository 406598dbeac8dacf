import type { Notification } from "../../ports/notificationStore.ts";
import type { Tx } from "../../ports/transaction.ts";
import { jsonObject } from "../shared/jsonObject.ts";
import type { Database } from "./database.ts";
import { query, type Sql, sql } from "./statement.ts";

/*
 * Due notifications
 *
 * Of each reservation, only the first notification that is OWED can be taken: the others are
 * blocked. While a receiver refuses the first ones, thousands of blocked notifications can be due,
 * and each search for due ones would read all of them.
 *
 * So a search postpones the blocked notifications that it meets until the failed one in front of
 * them is due again. It meets each of them once for each attempt of the failed one. When the failed
 * one is delivered or given up, `resume` makes those behind it due, in the same transaction.
 * A search locks the failed one before it postpones others, so one of both transactions sees what
 * the other has written, and no notification waits for one that has ended.
 *
 * A notification that has not failed is delivered within seconds. Those behind it stay due.
 */

/** Blocked notifications that one read of a search can postpone, besides those that it takes. */
const BLOCKED_MAX = 200;
/**
 * Reads of one search. More blocked notifications than they find are left to the next search, so
 * that the transaction stays short.
 */
const READS_MAX = 10;

const EARLIER = `FROM notifications e FORCE INDEX (notifications_reservation)
         WHERE e.reservation_id = n.reservation_id AND e.status = 'OWED' AND e.id < n.id`;
const FAILED = "AND e.attempts > 0 AND e.next_attempt_at > n.next_attempt_at";

/**
 * A notification waits until every earlier one of its reservation is delivered or given up. The
 * statement takes no locks, so it also sees an earlier one that another process has taken. It also
 * returns blocked notifications that can be postponed, with the failed one in front of them.
 */
const FIND_DUE = query(
  sql(
    "notifications.takeDue:find",
    `SELECT n.id, (SELECT MAX(e.id) ${EARLIER} ${FAILED}) AS failedId
     FROM notifications n
     WHERE n.status = 'OWED' AND n.next_attempt_at <= NOW(6)
       AND (NOT EXISTS (SELECT e.id ${EARLIER}) OR EXISTS (SELECT e.id ${EARLIER} ${FAILED}))
     ORDER BY n.next_attempt_at LIMIT :max`,
  ),
  (row) => ({ id: row.integer("id"), failedId: row.integerOrNone("failedId") }),
);

/** Skips one that is being marked: those behind it are due again, or meet the next search. */
const LOCK_FAILED = query(
  sql(
    "notifications.takeDue:failed",
    `SELECT id, next_attempt_at AS nextAttemptAt
     FROM notifications FORCE INDEX (PRIMARY)
     WHERE id IN (:ids) AND status = 'OWED' AND attempts > 0
     ORDER BY id FOR UPDATE SKIP LOCKED`,
  ),
  (row) => [row.integer("id"), row.date("nextAttemptAt")] as const,
);

/** The time of a notification is at the same place in its list as the notification. */
const POSTPONE_BLOCKED = sql(
  "notifications.takeDue:blocked",
  `UPDATE notifications FORCE INDEX (PRIMARY)
   SET next_attempt_at = ELT(FIELD(id, :ids), :times)
   WHERE id IN (:ids) AND status = 'OWED'`,
);

/** Uses NOW(3), because a Date has milliseconds, and a mark compares the end with the row. */
const TAKE_DUE = query(
  sql(
    "notifications.takeDue:lock",
    `SELECT id, message_id AS messageId, body, attempts, reservation_id AS reservationId,
            NOW(3) + INTERVAL :hiddenUs MICROSECOND AS hiddenUntil
     FROM notifications
     WHERE id IN (:ids) AND status = 'OWED' AND next_attempt_at <= NOW(6)
     ORDER BY next_attempt_at
     FOR UPDATE SKIP LOCKED`,
  ),
  (row) => ({
    id: row.integer("id"),
    messageId: row.text("messageId"),
    body: jsonObject(row.text("body")),
    attempts: row.integer("attempts"),
    reservationId: row.integerOrNone("reservationId"),
    hiddenUntil: row.date("hiddenUntil"),
  }),
);

const HIDE = sql(
  "notifications.takeDue:hide",
  `UPDATE notifications SET next_attempt_at = :hiddenUntil
   WHERE id IN (:ids)`,
);

const RESUME = sql(
  "notifications.resume",
  `UPDATE notifications FORCE INDEX (notifications_reservation) SET next_attempt_at = NOW(6)
   WHERE reservation_id IN (:reservationIds) AND status = 'OWED' AND next_attempt_at > NOW(6)`,
);

/** All statements about due notifications. */
export const DUE_NOTIFICATION_STATEMENTS: readonly Sql[] = [
  FIND_DUE,
  LOCK_FAILED,
  POSTPONE_BLOCKED,
  TAKE_DUE,
  HIDE,
  RESUME,
];

/** Takes due notifications, and hides them from other workers for `hiddenMs`. */
export async function takeDue(
  db: Database,
  tx: Tx,
  max: number,
  hiddenMs: number,
): Promise<readonly Notification[]> {
  const found = await findDue(db, tx, max);
  if (found.length === 0) return [];
  const hiddenUs = Math.round(hiddenMs * 1000);
  const due = await db.select(tx, TAKE_DUE, { ids: found, hiddenUs });
  const [first] = due;
  if (!first) return [];
  await db.change(tx, HIDE, { ids: due.map(({ id }) => id), hiddenUntil: first.hiddenUntil });
  return due;
}

/** Makes the notifications of these reservations due that wait for one that has ended. */
export async function resume(
  db: Database,
  tx: Tx,
  reservationIds: readonly number[],
): Promise<void> {
  if (reservationIds.length > 0) await db.change(tx, RESUME, { reservationIds });
}

/** @returns the ids of due notifications that are the first of their reservations */
async function findDue(db: Database, tx: Tx, max: number): Promise<readonly number[]> {
  if (max === 0) return [];
  const limit = max + BLOCKED_MAX;
  for (let read = 1; ; read += 1) {
    const found = await db.select(tx, FIND_DUE, { max: limit });
    const first = found.flatMap(({ id, failedId }) => (failedId === undefined ? id : []));
    const blocked = found.flatMap(({ id, failedId }) =>
      failedId === undefined ? [] : { id, failedId },
    );
    const isLast = first.length >= max || found.length < limit || read === READS_MAX;
    if (!(await postponeBlocked(db, tx, blocked)) || isLast) return first.slice(0, max);
  }
}

/** @returns false when none of them was postponed */
async function postponeBlocked(
  db: Database,
  tx: Tx,
  blocked: readonly { readonly id: number; readonly failedId: number }[],
): Promise<boolean> {
  if (blocked.length === 0) return false;
  const failedIds = [...new Set(blocked.map(({ failedId }) => failedId))].sort((a, b) => a - b);
  const timeOf = new Map(await db.select(tx, LOCK_FAILED, { ids: failedIds }));
  const postponed = blocked.flatMap(({ id, failedId }) => {
    const time = timeOf.get(failedId);
    // A Date is cut to milliseconds. The next one is not before the time of the failed one.
    return time ? { id, time: new Date(time.getTime() + 1) } : [];
  });
  if (postponed.length === 0) return false;
  await db.change(tx, POSTPONE_BLOCKED, {
    ids: postponed.map(({ id }) => id),
    times: postponed.map(({ time }) => time),
  });
  return true;
}
