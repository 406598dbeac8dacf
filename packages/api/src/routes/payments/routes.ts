import { admitPayment, payReservation, refundPayment } from "@onsale/core";
import { activeQueueAccessByHandler, userAccess } from "../../auth/access.ts";
import { defineEndpoint, type Endpoint } from "../../http/endpoint.ts";
import { none } from "../../http/fields.ts";
import { presentPaid, presentRefunded } from "./presenter.ts";
import { paid, payBody, paymentParams, refundBody, refunded } from "./schema.ts";

/** The endpoints for payments and refunds. */
export const paymentEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    operationId: "pay",
    method: "post",
    path: "/payment/pay",
    tag: "Payments",
    summary: "Pay a hold with points",
    description:
      "Takes the price of the hold from the caller's points. The seats are then sold, and the " +
      "admission is used up. A hold can be paid until it expires, even when the admission or the " +
      "sale of the performance has already ended, but not after the performance has started. A " +
      "repetition gets the same answer, with `Idempotency-Replayed: true`, also " +
      "without `Idempotency-Key` and after the hold would have expired.",
    status: 200,
    specification: true,
    idempotent: true,
    errors: [
      "RESERVATION_NOT_FOUND",
      "RESERVATION_NOT_YOURS",
      "HOLD_EXPIRED",
      "RESERVATION_STATE_CONFLICT",
      "RESERVATION_CHANGED",
      "PERFORMANCE_STARTED",
      "INSUFFICIENT_POINTS",
    ],
    access: activeQueueAccessByHandler,
    params: none,
    query: none,
    body: payBody,
    answer: paid,
    async handle({ core, body, caller, idempotency }) {
      const { reservationId } = body;
      const place = await admitPayment(core, caller.queueToken.claims, reservationId);
      const payment = await payReservation(core, {
        userId: caller.userId,
        reservationId,
        idempotency,
        place,
      });
      return { data: presentPaid(payment.value), replayed: payment.replayed };
    },
  }),
  defineEndpoint({
    operationId: "refund",
    method: "post",
    path: "/payments/{paymentId}/refund",
    tag: "Payments",
    summary: "Refund a payment",
    description:
      "A refund is possible until the performance starts. The buyer gets the points back, and " +
      "the seats are for sale again. A repetition gets the same answer, with " +
      "`Idempotency-Replayed: true`, also without `Idempotency-Key`.",
    status: 200,
    specification: false,
    idempotent: true,
    errors: [
      "PAYMENT_NOT_FOUND",
      "PAYMENT_NOT_YOURS",
      "RESERVATION_CHANGED",
      "PERFORMANCE_STARTED",
      "BALANCE_LIMIT",
    ],
    access: userAccess,
    params: paymentParams,
    query: none,
    body: refundBody,
    answer: refunded,
    async handle({ core, params, caller, idempotency }) {
      const refund = await refundPayment(core, {
        userId: caller.userId,
        paymentId: params.paymentId,
        idempotency,
      });
      return { data: presentRefunded(refund.value), replayed: refund.replayed };
    },
  }),
];
