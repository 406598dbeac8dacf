import type { NotificationRecord, NotificationWithDeliveries } from "@onsale/core";
import { type Cell, painted, table } from "../terminal/table.ts";
import { timeText } from "../terminal/timeText.ts";
import { visible } from "../terminal/visible.ts";

/** Notifications as a table. */
export function notificationTable(notifications: readonly NotificationRecord[]): string {
  return table(
    ["MESSAGE", "STATUS", "TYPE", "RESERVATION", "WRITTEN", "ATTEMPTS", "LAST ERROR"],
    notifications.map((one) => [
      ...[one.messageId, statusCell(one), one.type, String(one.reservationId ?? "-")],
      ...[timeText(one.createdAt), String(one.attempts), one.lastError ?? "-"],
    ]),
  );
}

function statusCell({ status }: NotificationRecord): Cell {
  return status === "DEAD" ? painted("red", status) : status;
}

/** One notification with the log of its deliveries and its body. */
export function drawNotification({ notification, deliveries }: NotificationWithDeliveries): string {
  const { messageId, type, reservationId, status, attempts, body } = notification;
  const facts: readonly (readonly [string, string])[] = [
    ["message", messageId],
    ["event", reservationId === undefined ? type : `${type} of reservation ${reservationId}`],
    ["status", status],
    ["written", timeText(notification.createdAt)],
    ["delivered", timeText(notification.deliveredAt)],
    ["attempts", `${attempts}${status === "OWED" ? `, next at ${nextOf(notification)}` : ""}`],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = facts.map(([name, value]) => `${name.padEnd(width)}  ${visible(value)}`);
  const rows = deliveries.map(({ attemptedAt, durationMs, error }) => [
    ...[timeText(attemptedAt), `${durationMs} ms`, error ?? "accepted"],
  ]);
  const log = rows.length === 0 ? [] : ["", table(["ATTEMPTED", "TOOK", "RESULT"], rows)];
  return [...lines, ...log, "", "body", visible(JSON.stringify(body, null, 2), true)].join("\n");
}

const nextOf = ({ nextAttemptAt }: NotificationRecord): string => timeText(nextAttemptAt);
