import type { EventOf } from "../events/eventCatalog.ts";
import type { ShowFields } from "../ports/showFields.ts";
import type { Points } from "../shared/points.ts";
import { type ReservedShow, showOf } from "./reservedShow.ts";

export type ReservationFacts = EventOf<"reservation">["payload"];

/**
 * Makes the event of a transition of a reservation.
 * @param version the reservation's version after the transition
 */
export function reservationEvent(
  type: EventOf<"reservation">["type"],
  version: number,
  facts: ReservationFacts,
): EventOf<"reservation"> {
  return {
    type,
    aggregateType: "reservation",
    aggregateId: facts.reservationId,
    aggregateVersion: version,
    payload: facts,
  };
}

/**
 * Returns the fields of a stored reservation that its events contain.
 * @param show the show of the reservation, when the caller has it already
 */
export function factsOf(
  reservation: ShowFields & {
    readonly id: number;
    readonly userId: number;
    readonly amount: Points;
    readonly seats: readonly { readonly seatId: number; readonly seatNo: string }[];
  },
  show: ReservedShow = showOf(reservation),
): ReservationFacts {
  const { id, userId, amount, seats } = reservation;
  return {
    ...{ reservationId: id, userId, ...show, amount },
    seatIds: seats.map((seat) => seat.seatId),
    seatNos: seats.map((seat) => seat.seatNo),
  };
}
