import type { EventOf } from "../events/eventCatalog.ts";
import type { Points } from "../shared/points.ts";

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

/** Returns the fields of a stored reservation that its events contain. */
export function factsOf(reservation: {
  readonly id: number;
  readonly userId: number;
  readonly performanceId: number;
  readonly amount: Points;
  readonly seats: readonly { readonly seatId: number }[];
}): ReservationFacts {
  const { id, userId, performanceId, amount, seats } = reservation;
  const seatIds = seats.map((seat) => seat.seatId);
  return { reservationId: id, userId, performanceId, amount, seatIds };
}
