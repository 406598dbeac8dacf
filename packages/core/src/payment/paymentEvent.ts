import type { EventOf } from "../events/eventCatalog.ts";
import type { ReservedShow } from "../reservation/reservedShow.ts";
import type { Points } from "../shared/points.ts";

/**
 * Makes the event of a transition of a payment.
 * @param version the payment's version after the transition
 * @param about the points that a refund gives back, and the show and the seats that the payment is
 *   for
 */
export function paymentEvent(
  type: EventOf<"payment">["type"],
  version: number,
  payment: { id: number; reservationId: number; userId: number; amount: Points },
  about: {
    readonly refundedAmount?: Points;
    readonly show?: ReservedShow;
    readonly seats?: readonly { readonly seatNo: string }[];
  } = {},
): EventOf<"payment"> {
  const { id, reservationId, userId, amount } = payment;
  const { refundedAmount, show, seats } = about;
  return {
    type,
    aggregateType: "payment",
    aggregateId: id,
    aggregateVersion: version,
    payload: {
      ...{ paymentId: id, reservationId, userId, amount, ...show },
      ...(seats === undefined ? {} : { seatNos: seats.map(({ seatNo }) => seatNo) }),
      ...(refundedAmount === undefined ? {} : { refundedAmount }),
    },
  };
}
