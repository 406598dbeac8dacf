import type { HeldReservation, Reservation, ReservedSeat } from "@onsale/core";
import type { z } from "zod";
import type { cancelledReservation, heldReservation, reservation, reservedSeat } from "./schema.ts";

/** Presents a seat of a reservation. */
export function presentReservedSeat(seat: ReservedSeat): z.input<typeof reservedSeat> {
  return { seatId: seat.seatId, seatNo: seat.seatNo, price: seat.price };
}

/** Presents a new hold, or the stored answer of an earlier one. */
export function presentHeld(held: HeldReservation): z.input<typeof heldReservation> {
  return {
    reservationId: held.reservationId,
    status: held.status,
    seats: held.seats.map(presentReservedSeat),
    amount: held.amount,
    expiresAt: held.expiresAt,
  };
}

/**
 * Presents a reservation. An overdue hold is shown as EXPIRED, even before the reaper has recorded
 * its end.
 */
export function presentReservation(given: Reservation): z.input<typeof reservation> {
  return {
    reservationId: given.id,
    status: given.overdue ? "EXPIRED" : given.status,
    concertOptionId: given.performanceId,
    seats: given.seats.map(presentReservedSeat),
    amount: given.amount,
    expiresAt: given.expiresAt.toISOString(),
    createdAt: given.createdAt.toISOString(),
  };
}

/** Presents a hold that its buyer cancelled. */
export function presentCancelled(reservationId: number): z.input<typeof cancelledReservation> {
  return { reservationId, status: "CANCELLED" };
}
