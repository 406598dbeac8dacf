import assert from "node:assert/strict";
import { z } from "zod";
import { type IdempotencyInput, type Once, onceOnly } from "../idempotency/onceOnly.ts";
import { appendMessages } from "../outbox/appendMessages.ts";
import { InsufficientPointsError } from "../point/errors.ts";
import { pointEvent } from "../point/pointEvent.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { PostedEntry } from "../ports/ledgerStore.ts";
import type { Reservation } from "../ports/reservationStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { releaseAdmission } from "../queue/releaseAdmission.ts";
import { answeredSeat, answeredSeatSchema } from "../reservation/answeredSeat.ts";
import {
  HoldExpiredError,
  PerformanceStartedError,
  ReservationChangedError,
  ReservationStateError,
} from "../reservation/errors.ts";
import { requireAhead } from "../reservation/requireAhead.ts";
import { factsOf, reservationEvent } from "../reservation/reservationEvent.ts";
import { reservationToChange } from "../reservation/reservationToChange.ts";
import {
  type ReservedShow,
  reservedShow,
  reservedShowSchema,
  showOf,
} from "../reservation/reservedShow.ts";
import type { Points } from "../shared/points.ts";
import { paymentEvent } from "./paymentEvent.ts";

/** The key of the ledger entry of a payment. A reservation is paid once. */
export const spendKeyOf = (reservationId: number): string => `spend:reservation:${reservationId}`;

export interface PayReservationInput {
  readonly userId: number;
  readonly reservationId: number;
  readonly idempotency?: IdempotencyInput | undefined;
  /** The place in the buyer's token. The payment ends this place, but no later one. */
  readonly place?: { readonly queueId: string; readonly sequence: number } | undefined;
}

const paidSchema = z.object({
  paymentId: z.number(),
  reservationId: z.number(),
  status: z.literal("CAPTURED"),
  price: z.number(),
  seats: z.array(answeredSeatSchema),
  currentPoints: z.number(),
  queueId: z.string(),
  /** Missing in answers that an earlier version of the program stored. */
  show: reservedShowSchema.optional(),
});

type StoredPayment = z.infer<typeof paidSchema>;

/** The answer to a buyer who paid. */
export type PaidReservation = StoredPayment & { readonly show: ReservedShow };

/**
 * Pays a live hold with points, also after the sale of the performance has ended, but not after the
 * performance has begun: from then on no refund is possible. A buyer who has paid for the
 * reservation gets this payment again, as a repeated answer. The price is the one at the time of
 * the hold. One transaction spends the points, confirms the reservation, sells the seats and writes
 * the outbox messages. A hold of free seats has a payment of 0 points, without a ledger entry.
 * Afterwards the buyer's admission ends, and its slot is free for the next buyer. A place in which
 * the buyer waits does not end.
 * @throws ReservationNotFoundError, ReservationNotYoursError, HoldExpiredError,
 *   ReservationStateError, PerformanceStartedError, ReservationChangedError,
 *   InsufficientPointsError
 */
export async function payReservation(
  core: CoreContext,
  input: PayReservationInput,
): Promise<Once<PaidReservation>> {
  const { userId, reservationId, idempotency, place } = input;
  const paymentId = await core.idAllocator.next("payment");
  const request = {
    ...({ userId, operation: "pay", idempotency } as const),
    ...{ body: { reservationId }, answer: paidSchema },
  };
  const paid = await core
    .withTransaction(
      (tx) =>
        onceOnly(core, tx, request, () => capture(core, tx, { userId, reservationId, paymentId })),
      { kind: "pay", userId },
    )
    .catch((error: unknown) => earlierPayment(core, input, error));
  core.metrics.count("payments_total", { outcome: paid.replayed ? "replayed" : "captured" });
  const { queueId } = paid.value;
  if (!paid.replayed && (!place || place.queueId === queueId)) {
    const sequence = place?.sequence;
    await releaseAdmission(core, { queueId, userId, reason: "PAID", sequence });
  }
  const show = paid.value.show ?? (await reservedShow(core, reservationId));
  return { value: { ...paid.value, show }, replayed: paid.replayed };
}

/**
 * Finds the buyer's payment of the reservation, when that payment was in the way. A payment that
 * commits between two reads of this one also leaves too few points. A parallel payment may commit
 * just before the performance begins.
 * @throws the given error when there is no such payment
 */
async function earlierPayment(
  core: CoreContext,
  { userId, reservationId }: PayReservationInput,
  error: unknown,
): Promise<Once<StoredPayment>> {
  const mayBePaid =
    error instanceof InsufficientPointsError ||
    error instanceof PerformanceStartedError ||
    (error instanceof ReservationStateError && error.reservationStatus === "CONFIRMED");
  const reservation = mayBePaid ? await core.reservations.find(null, reservationId) : undefined;
  if (reservation?.userId !== userId || reservation.status !== "CONFIRMED") throw error;
  const [payment, entry] = await Promise.all([
    core.payments.findOfReservation(null, reservationId),
    core.ledger.findEntry(null, spendKeyOf(reservationId)),
  ]);
  if (payment?.status !== "CAPTURED") throw error;
  // The answer is about the moment of the payment. A part can have been refunded since then.
  const seats = await core.payments.paidSeats(null, payment.id);
  const { queueId } = reservation;
  const currentPoints = entry?.balanceAfter ?? (await core.ledger.balanceOf(null, userId));
  return {
    value: {
      ...{ paymentId: payment.id, reservationId, status: "CAPTURED", price: payment.amount },
      ...{ seats: seats.map(answeredSeat), currentPoints, queueId, show: showOf(reservation) },
    },
    replayed: true,
  };
}

async function capture(
  core: CoreContext,
  tx: Tx,
  input: { userId: number; reservationId: number; paymentId: number },
): Promise<StoredPayment> {
  const { userId, reservationId, paymentId } = input;
  const reservation = await reservationToChange(core, tx, input);
  const { amount, seats, queueId } = reservation;
  // Refuses before the first write. The conditional statements below decide.
  requireAhead(core, reservation);
  if (reservation.overdue || reservation.status !== "PENDING") {
    throw refusalOf(reservationId, reservation);
  }
  const balance = await core.ledger.balanceOf(tx, userId);
  if (balance < amount) throw new InsufficientPointsError(amount, balance);
  if (!(await core.reservations.confirm(tx, reservationId, reservation.version))) {
    throw refusalOf(reservationId, await core.reservations.find(tx, reservationId));
  }
  const posted = await spend(core, tx, { userId, reservationId, amount });
  const sold = await core.seats.confirm(tx, reservationId, seats.length);
  assert.equal(sold, seats.length, "a live hold has all of its seats");
  const payment = { id: paymentId, reservationId, userId, amount };
  await core.payments.insert(tx, payment);
  const show = showOf(reservation);
  const facts = factsOf(reservation, show);
  await appendMessages(core, tx, [
    reservationEvent("reservation.confirmed", reservation.version + 1, facts),
    ...(posted ? [pointEvent("point-account.spent", userId, amount, posted)] : []),
    paymentEvent("payment.captured", 1, payment, { show, seats }),
  ]);
  return {
    paymentId,
    reservationId,
    status: "CAPTURED",
    price: amount,
    seats: seats.map(answeredSeat),
    currentPoints: posted?.balanceAfter ?? balance,
    queueId,
    show,
  };
}

/**
 * Spends the price of a reservation.
 * @returns the ledger entry; undefined when the reservation is free of charge
 */
async function spend(
  core: CoreContext,
  tx: Tx,
  of: { userId: number; reservationId: number; amount: Points },
): Promise<PostedEntry | undefined> {
  const { userId, reservationId, amount } = of;
  if (amount === 0) return undefined;
  const entryKey = spendKeyOf(reservationId);
  const posted = await core.ledger.post(tx, { ...of, kind: "SPEND", entryKey });
  if (posted) return posted;
  throw new InsufficientPointsError(amount, await core.ledger.balanceOf(tx, userId));
}

/** Why a reservation cannot be paid: its hold has expired, or another transition was first. */
function refusalOf(reservationId: number, now: Reservation | undefined): Error {
  if (!now || now.overdue || now.status === "EXPIRED") return new HoldExpiredError(reservationId);
  if (now.status === "PENDING") return new ReservationChangedError(reservationId);
  return new ReservationStateError(reservationId, now.status);
}
