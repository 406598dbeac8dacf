import type { EventOf } from "../events/eventCatalog.ts";
import type { Reservation } from "../ports/reservationStore.ts";
import { type ShowFields, showOf } from "../reservation/reservedShow.ts";
import type { Points } from "../shared/points.ts";

/**
 * Makes the event of a transition of a payment.
 * @param version the payment's version after the transition
 * @param about the points that a refund gives back, and the reservation, which says what the
 *   payment is for
 */
export function paymentEvent(
  type: EventOf<"payment">["type"],
  version: number,
  payment: { id: number; reservationId: number; userId: number; amount: Points },
  about: {
    readonly refundedAmount?: Points;
    readonly reservation?: Pick<Reservation, "seats"> & ShowFields;
  } = {},
): EventOf<"payment"> {
  const { id, reservationId, userId, amount } = payment;
  const { refundedAmount, reservation } = about;
  const show = reservation && {
    ...showOf(reservation),
    seatNos: reservation.seats.map((seat) => seat.seatNo),
  };
  return {
    type,
    aggregateType: "payment",
    aggregateId: id,
    aggregateVersion: version,
    payload: {
      ...{ paymentId: id, reservationId, userId, amount, ...show },
      ...(refundedAmount === undefined ? {} : { refundedAmount }),
    },
  };
}
