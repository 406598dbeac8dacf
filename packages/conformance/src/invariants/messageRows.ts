import type { AggregateType, EventType } from "@onsale/core";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "@onsale/core/testing";
import {
  ANN,
  BOB,
  CANCELLED,
  CAPTURED,
  CONFIRMED,
  EXPIRED,
  PAID_BACK,
  PENDING,
  PERFORMANCE,
  PRICE,
  REFUNDED,
  SECOND_US,
  TAKEN_OVER,
  type TimeAgo,
} from "./historyFacts.ts";
import type { HistoryRow, HistoryRows } from "./historyRows.ts";

type MessageTable =
  | "outboxMessages"
  | "outboxPublications"
  | "inboxMessages"
  | "notifications"
  | "opsAudit";

/**
 * Every transition: its event, aggregate type, aggregate id, version, and time in minutes before
 * the end.
 */
const TRANSITIONS: readonly (readonly [EventType, AggregateType, number, number, number])[] = [
  ["point-account.charged", "point-account", ANN, 1, 60],
  ["point-account.charged", "point-account", BOB, 1, 55],
  ["reservation.held", "reservation", CANCELLED, 1, 50],
  ["reservation.cancelled", "reservation", CANCELLED, 2, 48],
  ["reservation.held", "reservation", REFUNDED, 1, 40],
  ["point-account.spent", "point-account", ANN, 2, 39],
  ["reservation.confirmed", "reservation", REFUNDED, 2, 39],
  ["payment.captured", "payment", PAID_BACK, 1, 39],
  ["reservation.held", "reservation", CONFIRMED, 1, 30],
  ["point-account.spent", "point-account", ANN, 3, 29],
  ["reservation.confirmed", "reservation", CONFIRMED, 2, 29],
  ["payment.captured", "payment", CAPTURED, 1, 29],
  ["point-account.refunded", "point-account", ANN, 4, 20],
  ["reservation.refunded", "reservation", REFUNDED, 3, 20],
  ["payment.refunded", "payment", PAID_BACK, 2, 20],
  ["reservation.held", "reservation", EXPIRED, 1, 15],
  ["reservation.expired", "reservation", EXPIRED, 2, 2],
  ["reservation.held", "reservation", TAKEN_OVER, 1, 2],
  ["reservation.held", "reservation", PENDING, 1, 1],
];

const NEVER_REPLAYED = { replayJob: null, replayedAtUs: null, discardAudit: null } as const;

/** Values that identify the rows of one transition in every table with messages. */
export const FIRST_OF_CONFIRMED = {
  aggregateType: "reservation",
  aggregateId: CONFIRMED,
  aggregateVersion: 1,
} as const;

/** The ids of the seats of each reservation. */
const SEAT_IDS: ReadonlyMap<number, readonly number[]> = new Map([
  [PENDING, [1]],
  [CONFIRMED, [2, 6]],
  [REFUNDED, [3]],
  [CANCELLED, [4]],
  [EXPIRED, [5]],
  [TAKEN_OVER, [5]],
]);

/** Makes the payload of a message of this aggregate. @param entries the ledger */
function payloadOf(
  entries: readonly HistoryRow["pointEntries"][],
  aggregateType: AggregateType,
  aggregateId: number,
  version: number,
): object {
  if (aggregateType === "point-account") {
    const entry = entries.find(
      ({ userId, accountVersion }) => userId === aggregateId && accountVersion === version,
    );
    return { userId: aggregateId, amount: entry?.amount, balanceAfter: entry?.balanceAfter };
  }
  const isPayment = aggregateType === "payment";
  const paidReservationId = aggregateId === CAPTURED ? CONFIRMED : REFUNDED;
  const reservationId = isPayment ? paidReservationId : aggregateId;
  const seatIds = SEAT_IDS.get(reservationId) ?? [];
  const userId = reservationId === EXPIRED ? BOB : ANN;
  const facts = { reservationId, userId, amount: seatIds.length * PRICE };
  return isPayment
    ? { paymentId: aggregateId, ...facts }
    : { ...facts, performanceId: PERFORMANCE, seatIds };
}

/**
 * Makes a message for each transition. All messages are published in order. The messages of topics
 * that the notifier reads are also applied.
 */
export function messageRows(
  minutesAgo: TimeAgo,
  entries: readonly HistoryRow["pointEntries"][],
): Pick<HistoryRows, MessageTable> {
  const outboxMessages = TRANSITIONS.map(
    ([type, aggregateType, aggregateId, aggregateVersion, made], index) => ({
      id: index + 1,
      messageId: `message-${index + 1}`,
      aggregateType,
      aggregateId,
      aggregateVersion,
      type,
      payload: JSON.stringify(payloadOf(entries, aggregateType, aggregateId, aggregateVersion)),
      bucket: 0,
      status: "PUBLISHED" as const,
      attempts: 1,
      nextAttemptAtUs: minutesAgo(made),
      createdAtUs: minutesAgo(made),
      publishedAtUs: minutesAgo(made) + SECOND_US,
      lastError: null,
      ...NEVER_REPLAYED,
    }),
  );
  const notified: readonly AggregateType[] = NOTIFIED_AGGREGATES;
  const applied = outboxMessages.filter(({ aggregateType }) => notified.includes(aggregateType));
  return {
    outboxMessages,
    outboxPublications: outboxMessages.map((message) => ({
      id: message.id,
      messageId: message.messageId,
      aggregateType: message.aggregateType,
      aggregateId: message.aggregateId,
      aggregateVersion: message.aggregateVersion,
      owner: "relay",
      publishedAtUs: message.publishedAtUs,
      replayJob: null,
    })),
    opsAudit: [],
    inboxMessages: applied.map(({ messageId, publishedAtUs }) => ({
      consumer: NOTIFIER,
      messageId,
      appliedAtUs: publishedAtUs + SECOND_US,
    })),
    notifications: applied.map(({ id, messageId, publishedAtUs }) => ({
      id,
      messageId,
      body: "{}",
      status: "DELIVERED" as const,
      attempts: 1,
      nextAttemptAtUs: publishedAtUs + SECOND_US,
      createdAtUs: publishedAtUs + SECOND_US,
      deliveredAtUs: publishedAtUs + 2 * SECOND_US,
      lastError: null,
      reservationId: null,
    })),
  };
}
