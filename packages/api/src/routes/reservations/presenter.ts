import {
  type HeldReservation,
  type Purchase,
  type ReservedSeat,
  type ReservedShow,
  showOf,
} from "@onsale/core";
import type { z } from "zod";
import type {
  cancelledReservation,
  heldReservation,
  reservation,
  reservedSeat,
  ShowAnswer,
} from "./schema.ts";

/** Presents a seat of a reservation. */
export function presentReservedSeat(seat: ReservedSeat): z.input<typeof reservedSeat> {
  return { seatId: seat.seatId, seatNo: seat.seatNo, price: seat.price };
}

/** Presents what a reservation is for. */
export function presentShow(show: ReservedShow): ShowAnswer {
  const { concertId, performanceId, title, singer, venue, startsAt, timeZone } = show;
  return {
    ...{ concertId, concertOptionId: performanceId, title, singer },
    ...{ concertVenue: venue, startsAt, timeZone },
  };
}

/** Presents a new hold, or the stored answer of an earlier one. */
export function presentHeld(held: HeldReservation): z.input<typeof heldReservation> {
  return {
    reservationId: held.reservationId,
    status: held.status,
    ...presentShow(held.show),
    seats: held.seats.map(presentReservedSeat),
    amount: held.amount,
    expiresAt: held.expiresAt,
  };
}

/**
 * Presents a reservation. An overdue hold is shown as EXPIRED, even before the reaper has recorded
 * its end.
 */
export function presentReservation(given: Purchase): z.input<typeof reservation> {
  return {
    reservationId: given.id,
    status: given.overdue ? "EXPIRED" : given.status,
    ...presentShow(showOf(given)),
    seats: given.seats.map(presentReservedSeat),
    amount: given.amount,
    expiresAt: given.expiresAt.toISOString(),
    createdAt: given.createdAt.toISOString(),
    paymentId: given.paymentId ?? null,
  };
}

/** Presents a hold that its buyer cancelled. */
export function presentCancelled(reservationId: number): z.input<typeof cancelledReservation> {
  return { reservationId, status: "CANCELLED" };
}
