import type { EventOf } from "../events/eventCatalog.ts";
import { type Envelope, parseEnvelope, readEvent } from "../outbox/envelope.ts";
import type { NotifiedAggregate } from "./notifier.ts";

/** A notification before it is stored. The receiver gets `body`. */
export interface NewNotification {
  readonly messageId: string;
  /** The reservation that the event is about, in whose order notifications are delivered. */
  readonly reservationId: number;
  readonly body: Envelope & {
    /** One sentence for people. A chat shows only this sentence. */
    readonly text: string;
  };
}

export type NotifiedEvent = EventOf<NotifiedAggregate>;

const STEPS: Readonly<Record<NotifiedEvent["type"], string>> = {
  "reservation.held": "holds its seats",
  "reservation.confirmed": "is confirmed",
  "reservation.cancelled": "was cancelled",
  "reservation.expired": "has expired",
  "reservation.refunded": "was refunded",
  "reservation.partly-cancelled": "gave back a part of its seats and holds the others",
  "reservation.partly-refunded": "was refunded in part and keeps its other seats",
  "payment.captured": "was captured",
  "payment.partly-refunded": "was refunded in part",
  "payment.refunded": "was refunded",
};

/** Describes an event in one sentence for people. */
export function notificationText(event: NotifiedEvent): string {
  const { aggregateId } = event;
  const step = STEPS[event.type];
  const show = showText(event.payload);
  if (event.aggregateType === "payment") {
    const { amount, refundedAmount = amount, reservationId } = event.payload;
    const points = event.type === "payment.captured" ? amount : refundedAmount;
    const what = `${points} points for reservation ${reservationId}`;
    return `Payment ${aggregateId} ${step}: ${what}${show}`;
  }
  const { seatIds, amount } = event.payload;
  const seats = seatIds.length === 1 ? "1 seat" : `${seatIds.length} seats`;
  return `Reservation ${aggregateId} ${step} (${seats}, ${amount} points)${show}`;
}

/** Describes what the reservation is for; empty for a message of an earlier version. */
function showText(payload: NotifiedEvent["payload"]): string {
  const { title, singer, venue, startsAt, timeZone, seatNos = [] } = payload;
  if (title === undefined || startsAt === undefined) return "";
  const start = `${startsAt.slice(0, 10)} ${startsAt.slice(11, 16)} ${timeZone}`;
  const seats = `${seatNos.length === 1 ? "seat" : "seats"} ${seatNos.join(", ")}`;
  return `: ${title} (${singer}), ${venue}, ${start}, ${seats}`;
}

/**
 * Converts the value of a Kafka message to a notification. The body also has the payload's fields
 * that this version does not know.
 * @returns the notification, or in `problem` the reason why no repetition of the message can
 *   succeed
 */
export function readNotification(
  value: string,
): { readonly notification: NewNotification } | { readonly problem: string } {
  const read = parseEnvelope(value);
  if ("problem" in read) return read;
  const { envelope } = read;
  const known = readEvent(envelope);
  if ("problem" in known) return known;
  const { event } = known;
  if (event.aggregateType === "point-account") {
    return { problem: `the notifier does not handle ${event.type}` };
  }
  const body = { ...envelope, text: notificationText(event) };
  const { reservationId } = event.payload;
  return { notification: { messageId: envelope.messageId, reservationId, body } };
}
