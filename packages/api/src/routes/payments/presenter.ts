import type { PaidReservation, RefundedPayment } from "@onsale/core";
import type { z } from "zod";
import { presentReservedSeat, presentShow } from "../reservations/presenter.ts";
import type { paid, refunded } from "./schema.ts";

/** Presents a payment, or the stored answer of an earlier one. */
export function presentPaid(payment: PaidReservation): z.input<typeof paid> {
  return {
    paymentId: payment.paymentId,
    reservationId: payment.reservationId,
    status: payment.status,
    ...presentShow(payment.show),
    price: payment.price,
    seats: payment.seats.map(presentReservedSeat),
    currentPoints: payment.currentPoints,
  };
}

/** Presents a refund, or the stored answer of an earlier one. */
export function presentRefunded(refund: RefundedPayment): z.input<typeof refunded> {
  return {
    paymentId: refund.paymentId,
    reservationId: refund.reservationId,
    status: refund.status,
    ...presentShow(refund.show),
    refunded: refund.refunded,
    currentPoints: refund.currentPoints,
  };
}
