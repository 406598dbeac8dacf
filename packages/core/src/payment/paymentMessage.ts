import type { Transition } from "../outbox/appendMessages.ts";
import type { Points } from "../shared/points.ts";

/** The news of one step of a payment. @param version the payment's, after the step */
export function paymentMessage(
  event: "captured" | "refunded",
  version: number,
  payment: { id: number; reservationId: number; userId: number; amount: Points },
): Transition {
  const { id, ...rest } = payment;
  return {
    aggregateType: "payment",
    aggregateId: id,
    aggregateVersion: version,
    type: `payment.${event}`,
    payload: { paymentId: id, ...rest },
  };
}
