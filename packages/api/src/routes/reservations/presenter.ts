import {
  type ExtendedHold,
  type HeldReservation,
  type Purchase,
  type ReservedShow,
  showOf,
} from "@onsale/core";
import type { z } from "zod";
import type {
  cancelledReservation,
  extendedHold,
  heldReservation,
  reservation,
  reservedSeat,
  ShowAnswer,
} from "./schema.ts";

/** Presents a seat of a reservation. */
export function presentReservedSeat(
  seat: HeldReservation["seats"][number],
): z.input<typeof reservedSeat> {
  const { seatId, seatNo, section = null, row = null, price } = seat;
  return { seatId, seatNo, section, row, price };
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

/** Presents a hold that its buyer extended. */
export function presentExtended(hold: ExtendedHold): z.input<typeof extendedHold> {
  return {
    ...{ reservationId: hold.reservationId, status: "PENDING" },
    expiresAt: hold.expiresAt.toISOString(),
    latestExpiresAt: hold.latestExpiresAt.toISOString(),
  };
}

/** Presents a hold that its buyer cancelled. */
export function presentCancelled(reservationId: number): z.input<typeof cancelledReservation> {
  return { reservationId, status: "CANCELLED" };
}
