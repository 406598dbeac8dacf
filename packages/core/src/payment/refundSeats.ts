import assert from "node:assert/strict";
import { appendMessages } from "../outbox/appendMessages.ts";
import { pointEvent } from "../point/pointEvent.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { PerformanceStartedError } from "../reservation/errors.ts";
import { hasStarted } from "../reservation/hasStarted.ts";
import { lockReservation, releaseSeats } from "../reservation/releaseSeats.ts";
import { reservationEvent } from "../reservation/reservationEvent.ts";
import { showOf } from "../reservation/reservedShow.ts";
import type { Points } from "../shared/points.ts";
import { PaymentNotFoundError } from "./errors.ts";
import { paymentEvent } from "./paymentEvent.ts";
import { giveBack } from "./refundPayment.ts";

/**
 * The key of the ledger entry of a partial refund.
 * @param version the reservation's version after the partial refund
 */
export const partialRefundKeyOf = (reservationId: number, version: number): string =>
  `refund:reservation:${reservationId}:${version}`;

/**
 * Refunds some seats of a payment within the caller's transaction: the buyer gets their prices
 * back, and they are for sale again. The reservation stays CONFIRMED with its other seats, and the
 * payment CAPTURED.
 * @param of.seatIds some seats of the reservation, not all of them
 * @returns the points that the buyer got back
 * @throws PaymentNotFoundError, PerformanceStartedError, BalanceLimitError, and what
 *   `releaseSeats` throws
 */
export async function refundSeatsInside(
  core: CoreContext,
  tx: Tx,
  { paymentId, seatIds }: { paymentId: number; seatIds: readonly number[] },
): Promise<Points> {
  const found = await core.payments.find(tx, paymentId);
  if (!found) throw new PaymentNotFoundError(paymentId);
  const { reservationId, userId } = found;
  const reservation = await lockReservation(core, tx, reservationId);
  const of = { reservation, seatIds, status: "CONFIRMED" } as const;
  const { released, releasedAmount, facts, version } = await releaseSeats(core, tx, of);
  if (hasStarted(core, reservation)) throw new PerformanceStartedError(reservation.performanceId);
  // The reservation's row is locked, so no other transaction changes the payment any more.
  const payment = await core.payments.find(tx, paymentId);
  assert(payment?.status === "CAPTURED", "a confirmed reservation has its payment");
  const part = { version: payment.version, amount: releasedAmount };
  assert(await core.payments.refundPart(tx, paymentId, part), "the payment covers its seats");
  const entryKey = partialRefundKeyOf(reservationId, version);
  const entry = { userId, amount: releasedAmount, reservationId, entryKey };
  const posted = await giveBack(core, tx, entry);
  await appendMessages(core, tx, [
    reservationEvent("reservation.partly-refunded", version, facts),
    ...(posted ? [pointEvent("point-account.refunded", userId, releasedAmount, posted)] : []),
    paymentEvent("payment.partly-refunded", payment.version + 1, payment, {
      ...{ refundedAmount: releasedAmount, show: showOf(reservation), seats: released },
    }),
  ]);
  return releasedAmount;
}
