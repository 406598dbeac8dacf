import type { EventOf } from "../events/eventCatalog.ts";
import { type Envelope, parseEnvelope, readEvent } from "../outbox/envelope.ts";
import type { NotifiedAggregate } from "./notifier.ts";

/** A notification before it is stored; `body` is what the external platform receives. */
export interface NewNotification {
  readonly messageId: string;
  readonly body: Envelope & {
    /** One sentence for people; a chat receives nothing else. */
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
  "payment.captured": "was captured",
  "payment.refunded": "was refunded",
};

/** The sentence about an event that people read. */
export function notificationText(event: NotifiedEvent): string {
  const { aggregateId } = event;
  const step = STEPS[event.type];
  if (event.aggregateType === "payment") {
    const { amount, reservationId } = event.payload;
    return `Payment ${aggregateId} ${step}: ${amount} points for reservation ${reservationId}`;
  }
  const { seatIds, amount } = event.payload;
  const seats = seatIds.length === 1 ? "1 seat" : `${seatIds.length} seats`;
  return `Reservation ${aggregateId} ${step} (${seats}, ${amount} points)`;
}

/**
 * Turns the value of a Kafka message into a notification. The body keeps fields of the envelope's
 * payload that this version does not know.
 * @returns the notification, or in `problem` why no repetition of the message can succeed
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
  return { notification: { messageId: envelope.messageId, body } };
}
