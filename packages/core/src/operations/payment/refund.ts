import { z } from "zod";
import { PaymentAlreadyRefundedError, PaymentNotFoundError } from "../../payment/errors.ts";
import { refundInside, refundKeyOf } from "../../payment/refundPayment.ts";
import { refundSeatsInside } from "../../payment/refundSeats.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { Payment } from "../../ports/paymentStore.ts";
import type { Reservation } from "../../ports/reservationStore.ts";
import type { TxOrNone } from "../../ports/transaction.ts";
import { PerformanceStartedError, ReservationNotFoundError } from "../../reservation/errors.ts";
import { hasStarted } from "../../reservation/hasStarted.ts";
import { operation } from "../operation.ts";
import {
  claimOfPart,
  idsOf,
  leftText,
  partOf,
  seatNumbersSchema,
} from "../reservation/partOfReservation.ts";

const inputSchema = z.strictObject({
  paymentId: z.int().min(1),
  /** The numbers of the seats to refund; all seats when left out. */
  seats: seatNumbersSchema.optional(),
});
type Input = z.infer<typeof inputSchema>;

/** Refunds a payment, or some of its seats, by the rules of the buyer's own refund. */
export const refundOperation = operation<Input>({
  name: "payment.refund",
  summary: "Return the points of a payment, or of some of its seats, to the buyer",
  input: inputSchema,
  confirmation: ({ paymentId }) => String(paymentId),
  target: ({ paymentId }) => `payment:${paymentId}`,

  async plan(core, { paymentId, seats: numbers }) {
    const { payment, reservation } = await paidOf(core, null, paymentId);
    if (payment.status === "REFUNDED") throw new PaymentAlreadyRefundedError(paymentId);
    if (hasStarted(core, reservation)) throw new PerformanceStartedError(reservation.performanceId);
    const { userId, reservationId, status } = payment;
    const { amount } = reservation;
    const part = partOf(reservation, numbers);
    const seats = part ?? reservation.seats;
    const points = seats.reduce((sum, { price }) => sum + price, 0);
    return {
      facts: {
        ...{ status, userId, amount, reservationId, reservation: reservation.status },
        performanceStartsAt: reservation.performanceStartsAt.toISOString(),
      },
      count: part ? part.length : 1,
      unit: part ? "seat" : "payment",
      sample: [
        `user ${userId} gets ${points} points back`,
        ...seats.slice(0, 9).map(({ seatNo }) => `seat ${seatNo} is for sale again`),
      ],
      notes: part ? [leftText(reservation, part)] : [],
    };
  },

  async state(core, { paymentId }) {
    const { payment, reservation } = await paidOf(core, null, paymentId);
    const balance = await core.ledger.balanceOf(null, payment.userId);
    return { payment: payment.status, reservation: reservation.status, balance };
  },

  steps: {
    kind: "transaction",
    async step(core, tx, { input: { paymentId, seats: numbers } }) {
      const { payment, reservation } = await paidOf(core, tx, paymentId);
      // The buyer can refund the payment, or the performance can begin, after the plan: then this
      // step changes nothing, and the verification reads the payment's state.
      const isOver = payment.status === "REFUNDED" || hasStarted(core, reservation);
      if (isOver) return { checkpoint: {}, changed: 0, isDone: true };
      const part = partOf(reservation, numbers);
      if (part) {
        await refundSeatsInside(core, tx, { paymentId, seatIds: idsOf(part) });
        return { checkpoint: {}, changed: part.length, isDone: true };
      }
      await refundInside(core, tx, { userId: payment.userId, paymentId });
      return { checkpoint: {}, changed: 1, isDone: true };
    },
  },

  async verify(core, { paymentId, seats: numbers }) {
    const { payment, reservation } = await paidOf(core, null, paymentId);
    if (numbers && reservation.status === "CONFIRMED") {
      return [
        claimOfPart(reservation.id, reservation.seats, numbers),
        {
          claim: `payment ${paymentId} is about the seats that are left`,
          holds: payment.amount - payment.partlyRefunded === reservation.amount,
          read:
            `${payment.partlyRefunded} of ${payment.amount} points refunded, ` +
            `${reservation.amount} for the seats that are left`,
        },
      ];
    }
    const rest = payment.amount - payment.partlyRefunded;
    const entry = await core.ledger.findEntry(null, refundKeyOf(reservation.id));
    return [
      {
        claim: `payment ${paymentId} and its reservation are REFUNDED`,
        holds: payment.status === "REFUNDED" && reservation.status === "REFUNDED",
        read: `payment ${payment.status}, reservation ${reservation.status}`,
      },
      {
        claim:
          rest === 0
            ? `the ledger of user ${payment.userId} has no entry for the free seats`
            : `the ledger of user ${payment.userId} has the refund of ${rest} points`,
        holds:
          rest === 0
            ? entry === undefined
            : entry?.userId === payment.userId && entry.amount === rest,
        read: entry ? `entry ${entry.id}: +${entry.amount}` : "no entry",
      },
    ];
  },

  inverse: () => ({
    impossible: "the seats may belong to other buyers by now; the buyer buys anew",
  }),
});

/** @throws PaymentNotFoundError, ReservationNotFoundError */
async function paidOf(
  core: CoreContext,
  tx: TxOrNone,
  paymentId: number,
): Promise<{ readonly payment: Payment; readonly reservation: Reservation }> {
  const payment = await core.payments.find(tx, paymentId);
  if (!payment) throw new PaymentNotFoundError(paymentId);
  const reservation = await core.reservations.find(tx, payment.reservationId);
  if (!reservation) throw new ReservationNotFoundError(payment.reservationId);
  return { payment, reservation };
}
