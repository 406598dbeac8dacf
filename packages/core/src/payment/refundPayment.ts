import assert from "node:assert/strict";
import { z } from "zod";
import { type IdempotencyInput, type Once, onceOnly } from "../idempotency/onceOnly.ts";
import { appendMessages } from "../outbox/appendMessages.ts";
import { BalanceLimitError } from "../point/errors.ts";
import { pointEvent } from "../point/pointEvent.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { NewLedgerEntry, PostedEntry } from "../ports/ledgerStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { PerformanceStartedError, ReservationChangedError } from "../reservation/errors.ts";
import { hasStarted } from "../reservation/hasStarted.ts";
import { factsOf, reservationEvent } from "../reservation/reservationEvent.ts";
import { reservationToChange } from "../reservation/reservationToChange.ts";
import {
  type ReservedShow,
  reservedShow,
  reservedShowSchema,
  showOf,
} from "../reservation/reservedShow.ts";
import { POINTS_MAX } from "../shared/points.ts";
import {
  PaymentAlreadyRefundedError,
  PaymentNotFoundError,
  PaymentNotYoursError,
} from "./errors.ts";
import { paymentEvent } from "./paymentEvent.ts";

/** The key of the ledger entry of a refund. A reservation is refunded once. */
export const refundKeyOf = (reservationId: number): string => `refund:reservation:${reservationId}`;

export interface RefundPaymentInput {
  readonly userId: number;
  readonly paymentId: number;
  readonly idempotency?: IdempotencyInput | undefined;
}

const refundedSchema = z.object({
  paymentId: z.number(),
  reservationId: z.number(),
  status: z.literal("REFUNDED"),
  refunded: z.number(),
  currentPoints: z.number(),
  /** Missing in answers that an earlier version of the program stored. */
  show: reservedShowSchema.optional(),
});

type StoredRefund = z.infer<typeof refundedSchema>;

/** The answer to a buyer whose payment was refunded. */
export type RefundedPayment = StoredRefund & { readonly show: ReservedShow };

/**
 * Returns the points to the buyer and the seats to the sale: those that partial refunds have not
 * returned before. A refund is refused after the performance has begun. A buyer whose payment is
 * refunded gets this refund again, as a repeated answer.
 * @throws PaymentNotFoundError, PaymentNotYoursError, PerformanceStartedError, BalanceLimitError,
 *   ReservationChangedError
 */
export async function refundPayment(
  core: CoreContext,
  input: RefundPaymentInput,
): Promise<Once<RefundedPayment>> {
  const { userId, paymentId, idempotency } = input;
  const request = {
    ...({ userId, operation: "refund", idempotency } as const),
    ...{ body: { paymentId }, answer: refundedSchema },
  };
  const { value, replayed } = await core
    .withTransaction((tx) => onceOnly(core, tx, request, () => refundInside(core, tx, input)), {
      ...({ kind: "refund", userId } as const),
    })
    .catch((error: unknown) => earlierRefund(core, input, error));
  const show = value.show ?? (await reservedShow(core, value.reservationId));
  return { value: { ...value, show }, replayed };
}

/**
 * Finds the refund of the buyer's payment, when that refund was in the way.
 * @throws the given error when there is no such refund
 */
async function earlierRefund(
  core: CoreContext,
  { userId, paymentId }: RefundPaymentInput,
  error: unknown,
): Promise<Once<StoredRefund>> {
  if (!(error instanceof PaymentAlreadyRefundedError)) throw error;
  const payment = await core.payments.find(null, paymentId);
  if (payment?.userId !== userId || payment.status !== "REFUNDED") throw error;
  const { reservationId } = payment;
  const refunded = payment.amount - payment.partlyRefunded;
  const entry = await core.ledger.findEntry(null, refundKeyOf(reservationId));
  const currentPoints = entry?.balanceAfter ?? (await core.ledger.balanceOf(null, userId));
  const value = { paymentId, reservationId, status: "REFUNDED", refunded, currentPoints } as const;
  return { value, replayed: true };
}

/**
 * Refunds a payment within the caller's transaction.
 * @throws PaymentAlreadyRefundedError, and what `refundPayment` throws
 */
export async function refundInside(
  core: CoreContext,
  tx: Tx,
  { userId, paymentId }: Omit<RefundPaymentInput, "idempotency">,
): Promise<StoredRefund> {
  const payment = await core.payments.find(tx, paymentId);
  if (!payment) throw new PaymentNotFoundError(paymentId);
  if (payment.userId !== userId) throw new PaymentNotYoursError(paymentId);
  const { reservationId } = payment;
  const reservation = await reservationToChange(core, tx, { userId, reservationId });
  // Refuses before the first write. The conditional statement below decides.
  if (reservation.status !== "CONFIRMED") throw new PaymentAlreadyRefundedError(paymentId);
  if (hasStarted(core, reservation)) throw new PerformanceStartedError(reservation.performanceId);
  // Payment and expiry also lock the reservation's row first, so parallel calls wait at this
  // statement.
  if (!(await core.reservations.refund(tx, reservationId, reservation.version))) {
    const now = await core.reservations.find(tx, reservationId);
    if (now?.status === "CONFIRMED") throw new ReservationChangedError(reservationId);
    throw new PaymentAlreadyRefundedError(paymentId);
  }
  // A partial refund can have been committed between the reads of payment and reservation.
  if (!(await core.payments.refund(tx, paymentId, payment.version))) {
    throw new ReservationChangedError(reservationId);
  }
  // The prices of the seats that are left: partial refunds gave back the rest.
  const amount = payment.amount - payment.partlyRefunded;
  const entry = { userId, amount, reservationId, entryKey: refundKeyOf(reservationId) };
  const posted = await giveBack(core, tx, entry);
  const released = await core.seats.release(tx, reservationId, "SOLD");
  assert.equal(released, reservation.seats.length, "a confirmed reservation has all of its seats");
  const show = showOf(reservation);
  const facts = factsOf(reservation, show);
  await appendMessages(core, tx, [
    reservationEvent("reservation.refunded", reservation.version + 1, facts),
    ...(posted ? [pointEvent("point-account.refunded", userId, amount, posted)] : []),
    paymentEvent("payment.refunded", payment.version + 1, payment, {
      ...{ refundedAmount: amount, show, seats: reservation.seats },
    }),
  ]);
  return {
    paymentId,
    reservationId,
    status: "REFUNDED",
    refunded: amount,
    currentPoints: posted?.balanceAfter ?? (await core.ledger.balanceOf(tx, userId)),
    show,
  };
}

/**
 * Returns points to the buyer.
 * @returns the ledger entry; undefined when nothing was paid
 */
export async function giveBack(
  core: CoreContext,
  tx: Tx,
  entry: Omit<NewLedgerEntry, "kind">,
): Promise<PostedEntry | undefined> {
  if (entry.amount === 0) return undefined;
  const posted = await core.ledger.post(tx, { ...entry, kind: "REFUND" });
  if (!posted) throw new BalanceLimitError(POINTS_MAX);
  return posted;
}
