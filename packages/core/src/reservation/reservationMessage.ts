import type { Transition } from "../outbox/appendMessages.ts";
import type { Points } from "../shared/points.ts";

export type ReservationEvent = "held" | "confirmed" | "cancelled" | "expired" | "refunded";

/** What every reservation message carries. */
export interface ReservationFacts {
  readonly id: number;
  readonly userId: number;
  readonly performanceId: number;
  readonly amount: Points;
  readonly seatIds: readonly number[];
}

/** The news of one step of a reservation. @param version the reservation's, after the step */
export function reservationMessage(
  event: ReservationEvent,
  version: number,
  facts: ReservationFacts,
): Transition {
  const { id, ...rest } = facts;
  return {
    aggregateType: "reservation",
    aggregateId: id,
    aggregateVersion: version,
    type: `reservation.${event}`,
    payload: { reservationId: id, ...rest },
  };
}

/** The facts of a stored reservation. */
export function factsOf(reservation: {
  readonly id: number;
  readonly userId: number;
  readonly performanceId: number;
  readonly amount: Points;
  readonly seats: readonly { readonly seatId: number }[];
}): ReservationFacts {
  const { id, userId, performanceId, amount, seats } = reservation;
  return { id, userId, performanceId, amount, seatIds: seats.map((seat) => seat.seatId) };
}
