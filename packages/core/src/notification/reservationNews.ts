import { z } from "zod";
import { type Envelope, parseEnvelope } from "../outbox/envelope.ts";

/** A notice as the external platform gets it. */
export interface ReservationNotice {
  readonly messageId: string;
  readonly body: {
    readonly messageId: string;
    readonly type: string;
    readonly occurredAt: string;
    readonly aggregateType: string;
    readonly aggregateId: number;
    readonly aggregateVersion: number;
    /** One sentence for people; all that a chat gets. */
    readonly text: string;
    readonly payload: Readonly<Record<string, unknown>>;
  };
}

const reservationFacts = z.object({ seatIds: z.array(z.int()).min(1), amount: z.int() });
const paymentFacts = z.object({ reservationId: z.int(), amount: z.int() });

type Sentence = (id: number, payload: Envelope["payload"]) => string;

const ofReservation =
  (step: string): Sentence =>
  (id, payload) => {
    const { seatIds, amount } = reservationFacts.parse(payload);
    const seats = seatIds.length === 1 ? "1 seat" : `${seatIds.length} seats`;
    return `Reservation ${id} ${step} (${seats}, ${amount} points)`;
  };

const ofPayment =
  (step: string): Sentence =>
  (id, payload) => {
    const { reservationId, amount } = paymentFacts.parse(payload);
    return `Payment ${id} ${step}: ${amount} points for reservation ${reservationId}`;
  };

/** Every type of message that the notifier understands, with what it says of it. */
const SENTENCES: ReadonlyMap<string, Sentence> = new Map([
  ["reservation.held", ofReservation("holds its seats")],
  ["reservation.confirmed", ofReservation("is confirmed")],
  ["reservation.cancelled", ofReservation("was cancelled")],
  ["reservation.expired", ofReservation("has expired")],
  ["reservation.refunded", ofReservation("was refunded")],
  ["payment.captured", ofPayment("was captured")],
  ["payment.refunded", ofPayment("was refunded")],
]);

/**
 * Turns a message into a notice.
 * @returns the notice, or in `problem` why no try will ever make one of it
 */
export function readReservationNews(
  value: string,
): { readonly notice: ReservationNotice } | { readonly problem: string } {
  const read = parseEnvelope(value);
  if ("problem" in read) return read;
  const { payload, ...head } = read.envelope;
  const sentence = SENTENCES.get(head.type);
  if (!sentence) return { problem: `the type ${head.type} is unknown` };
  try {
    const text = sentence(head.aggregateId, payload);
    return { notice: { messageId: head.messageId, body: { ...head, text, payload } } };
  } catch {
    return { problem: `the payload of ${head.type} lacks what its type promises` };
  }
}
