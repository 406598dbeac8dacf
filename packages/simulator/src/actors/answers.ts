import { z } from "zod";

const id = z.number().int().positive();
const points = z.number().int().nonnegative();

/** The `data` of successful answers. Each schema lists only the fields that a client reads. */
export const ticketAnswer = z.object({
  token: z.string().min(1),
  status: z.enum(["WAITING", "ACTIVE"]),
  position: z.number().int().nonnegative(),
  /** The end of the admission; present while the buyer is active. */
  expiresAt: z.iso.datetime().nullish(),
  pollAfterMs: z.number().nonnegative(),
  /** null while the queue is paused. */
  etaSeconds: z.number().nonnegative().nullish(),
  /** null while the buyer is active. */
  generation: z.number().nullish(),
  admittedCount: z.number().nullish(),
});
/** The fields of a ticket's answer that prove a place in line, and the advised pause. */
export const placeAnswer = ticketAnswer.pick({ token: true, status: true, pollAfterMs: true });
export type TicketAnswer = z.infer<typeof ticketAnswer>;

/** The fields of a queue's status from which a buyer calculates the own position. */
export const overviewAnswer = z.object({ generation: z.number(), admittedCount: z.number() });
export type OverviewAnswer = z.infer<typeof overviewAnswer>;

export const datesAnswer = z.object({ concerts: z.array(z.object({ concertOptionId: id })) });

const seat = z.object({ seatId: id, price: points });
export type OfferedSeat = z.infer<typeof seat>;
export const seatsAnswer = z.object({ seats: z.array(seat) });

export const holdAnswer = z.object({
  reservationId: id,
  seats: z.array(z.object({ seatId: id })),
  amount: points,
});
export type HoldAnswer = z.infer<typeof holdAnswer>;

export const chargeAnswer = z.object({ currentPoints: points });

export const payAnswer = z.object({
  paymentId: id,
  reservationId: id,
  price: points,
  currentPoints: points,
});

export const reservationAnswer = z.object({ status: z.string() });

/**
 * An error answer of the API, in problem+json (RFC 9457). INSUFFICIENT_POINTS also has the two
 * amounts.
 */
export const problemAnswer = z.object({
  code: z.string(),
  required: points.optional(),
  balance: points.optional(),
});

/** An answer whose body the client does not read. */
export const anyAnswer = z.unknown();
