import type { EventOf } from "../events/eventCatalog.ts";
import type { Points } from "../shared/points.ts";

/**
 * Makes the event of a transition of a payment.
 * @param version the payment's version after the transition
 * @param refundedAmount the points that a refund gives back
 */
export function paymentEvent(
  type: EventOf<"payment">["type"],
  version: number,
  payment: { id: number; reservationId: number; userId: number; amount: Points },
  refundedAmount?: Points,
): EventOf<"payment"> {
  const { id, reservationId, userId, amount } = payment;
  return {
    type,
    aggregateType: "payment",
    aggregateId: id,
    aggregateVersion: version,
    payload: {
      ...{ paymentId: id, reservationId, userId, amount },
      ...(refundedAmount === undefined ? {} : { refundedAmount }),
    },
  };
}
