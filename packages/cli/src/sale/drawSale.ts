import type { DescribedSale, Reservation } from "@onsale/core";
import { type Cell, painted, table } from "../terminal/table.ts";
import { timeText } from "../terminal/timeText.ts";
import { ledgerTable } from "./drawPoints.ts";

/** Reservations as a table. */
export function reservationTable(reservations: readonly Reservation[]): string {
  return table(
    ["ID", "USER", "PERF.", "STATE", "SEATS", "POINTS", "EXPIRES"],
    reservations.map((one) => [
      ...[String(one.id), String(one.userId), String(one.performanceId), stateCell(one)],
      ...[one.seats.map(({ seatNo }) => seatNo).join(" "), String(one.amount)],
      timeText(one.expiresAt),
    ]),
  );
}

function stateCell({ status, overdue }: Reservation): Cell {
  if (overdue) return painted("red", "OVERDUE");
  return status === "PENDING" ? painted("yellow", status) : status;
}

/** A reservation with everything that belongs to it. */
export function drawSale(sale: DescribedSale): string {
  const { reservation, payment, seats, entries, messages, possible } = sale;
  const { id, userId, status, overdue, amount, version, queueId } = reservation;
  const facts: readonly (readonly [string, string])[] = [
    ["reservation", `${id}, ${overdue ? `${status}, overdue` : status}, version ${version}`],
    ["buyer", `user ${userId}, queue ${queueId}`],
    ["held", `${timeText(reservation.createdAt)}, expires ${timeText(reservation.expiresAt)}`],
    ["concert", `${reservation.concertId}, ${reservation.title} (${reservation.singer})`],
    [
      "performance",
      `${reservation.performanceId}, ${reservation.venue}, begins ` +
        timeText(reservation.performanceStartsAt),
    ],
    ["price", `${amount} points`],
    ["payment", payment ? paymentText(payment) : "none"],
    ...partFact(payment),
    ["possible", possible.operation ? `${possible.why}: ${commandOf(sale)}` : possible.why],
  ];
  const price = new Map(reservation.seats.map((seat) => [seat.seatId, seat.price]));
  const parts = [
    table(["FACT", "VALUE"], facts),
    table(
      ["SEAT", "ID", "PRICE", "NOW", "RESERVATION NOW"],
      seats.map((seat) => [
        ...[seat.seatNo, String(seat.id), String(price.get(seat.id) ?? "-"), seat.status],
        String(seat.reservationId ?? "-"),
      ]),
    ),
    table(
      ["MESSAGE", "EVENT", "VERSION", "STATE", "PUBLISHED"],
      messages.map((message) => [
        ...[String(message.id), message.type, String(message.aggregateVersion), message.state],
        timeText(message.publishedAt),
      ]),
    ),
  ];
  if (entries.length > 0) parts.push(ledgerTable(entries));
  return parts.join("\n\n");
}

function paymentText(payment: NonNullable<DescribedSale["payment"]>): string {
  const { id, status, capturedAt, refundedAt } = payment;
  const refunded = refundedAt === undefined ? "" : `, refunded ${timeText(refundedAt)}`;
  return `${id}, ${status}, captured ${timeText(capturedAt)}${refunded}`;
}

/** The points that partial refunds gave back, when there are any. */
function partFact(payment: DescribedSale["payment"]): readonly (readonly [string, string])[] {
  if (!payment || payment.partlyRefunded === 0) return [];
  return [["refunded", `${payment.partlyRefunded} of ${payment.amount} points, in parts`]];
}

/** The command of the possible operation. */
function commandOf({ possible, reservation, payment }: DescribedSale): string {
  if (possible.operation === "payment.refund") return `onsale payment refund ${payment?.id}`;
  if (possible.operation === "reservation.expireOverdue")
    return "onsale reservation expire-overdue";
  return `onsale reservation release ${reservation.id}`;
}
