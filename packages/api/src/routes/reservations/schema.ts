import { z } from "zod";
import { nextCursor, pageQuery } from "../../http/cursor.ts";
import { answerId, bodyId, instant, pathId, points } from "../../http/fields.ts";

/** The upper bound of SEATS_PER_RESERVATION_MAX. The workflow checks the configured number. */
const SEATS_MAX = 20;

export const reserveBody = z
  .strictObject({
    seatId: bodyId.optional(),
    seatIds: z.array(bodyId).min(1).max(SEATS_MAX).optional(),
    userId: bodyId.optional().meta({ description: "The user of the queue token; may be left out" }),
  })
  .refine(({ seatId, seatIds }) => (seatId === undefined) !== (seatIds === undefined), {
    path: ["seatId"],
    message: "Give either seatId or seatIds",
  })
  .meta({ example: { seatIds: [101, 102] } });

export const reservedSeat = z
  .object({ seatId: answerId, seatNo: z.string(), price: points })
  .meta({ id: "ReservedSeat" });

export const heldReservation = z
  .object({
    reservationId: answerId,
    status: z.literal("PENDING"),
    seats: z.array(reservedSeat),
    amount: points.meta({ description: "The price of the hold" }),
    expiresAt: instant.meta({
      description: "Pay before this time; afterwards the seats are for sale again",
    }),
  })
  .meta({ id: "HeldReservation" });

export const reservation = z
  .object({
    reservationId: answerId,
    status: z.enum(["PENDING", "CONFIRMED", "CANCELLED", "EXPIRED", "REFUNDED"]),
    concertOptionId: answerId,
    seats: z.array(reservedSeat),
    amount: points,
    expiresAt: instant,
    createdAt: instant,
  })
  .meta({ id: "Reservation" });

export const reservationList = z
  .object({ reservations: z.array(reservation), nextCursor })
  .meta({ id: "ReservationList" });

export const cancelledReservation = z
  .object({ reservationId: answerId, status: z.literal("CANCELLED") })
  .meta({ id: "CancelledReservation" });

export const reservationParams = z.strictObject({ reservationId: pathId });

export const reservationsQuery = z.strictObject(pageQuery);
