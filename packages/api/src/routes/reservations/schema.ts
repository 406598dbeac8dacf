import { z } from "zod";
import { nextCursor, pageQuery } from "../../http/cursor.ts";
import { answerId, bodyId, instant, pathId, points, rowName } from "../../http/fields.ts";

/** The upper bound of SEATS_PER_RESERVATION_MAX. The workflow checks the configured number. */
const SEATS_MAX = 20;
const SEATS_RULE = `Must have 1 to ${SEATS_MAX} seats`;

const BOTH = { required: ["seatId", "seatIds"] };
const NEITHER = { not: { anyOf: [{ required: ["seatId"] }, { required: ["seatIds"] }] } };

export const reserveBody = z
  .strictObject({
    seatId: bodyId.optional(),
    seatIds: z.array(bodyId).min(1, SEATS_RULE).max(SEATS_MAX, SEATS_RULE).optional().meta({
      description:
        "Different seats of one performance; at most `SEATS_PER_RESERVATION_MAX`, 4 by default",
      uniqueItems: true,
    }),
    accessible: z.boolean().optional().meta({
      description: "true for guests who need an accessible seat: such seats can be held only then",
    }),
    userId: bodyId.optional().meta({ description: "The user of the queue token; may be left out" }),
  })
  .refine(({ seatId, seatIds }) => (seatId === undefined) !== (seatIds === undefined), {
    path: ["seatId"],
    message: "Give either seatId or seatIds",
  })
  .meta({
    id: "ReserveSeatRequest",
    example: { seatIds: [101, 102] },
    // Generators of clients make no class for `oneOf` beside fields, and ignore `not`.
    not: { anyOf: [BOTH, NEITHER] },
  });

export const reservedSeat = z
  .object({
    ...{ seatId: answerId, seatNo: z.string() },
    section: z.string().nullable().meta({
      description: "null in the repeated answer to a request of an earlier version",
    }),
    row: rowName,
    price: points,
  })
  .meta({ id: "ReservedSeat" });

/** The fields that say what a reservation is for. */
export const showFields = {
  concertId: answerId,
  concertOptionId: answerId.meta({ description: "Id of the performance" }),
  title: z.string(),
  singer: z.string(),
  concertVenue: z.string(),
  startsAt: z.string().meta({
    description: "When the performance starts, with the offset of the venue from UTC",
    ...{ format: "date-time", example: "2026-12-24T19:30:00+09:00" },
  }),
  timeZone: z.string().meta({
    description: "The IANA name of the venue's time zone",
    example: "Asia/Seoul",
  }),
};

export type ShowAnswer = z.input<z.ZodObject<typeof showFields>>;

export const heldReservation = z
  .object({
    reservationId: answerId,
    status: z.literal("PENDING"),
    ...showFields,
    seats: z.array(reservedSeat),
    amount: points.meta({ description: "The price of the hold" }),
    expiresAt: instant.meta({
      description:
        "Pay before this time, and before the performance starts; afterwards the seats are for " +
        "sale again",
    }),
  })
  .meta({ id: "HeldReservation" });

export const reservation = z
  .object({
    reservationId: answerId,
    status: z.enum(["PENDING", "CONFIRMED", "CANCELLED", "EXPIRED", "REFUNDED"]),
    ...showFields,
    seats: z.array(reservedSeat),
    amount: points,
    expiresAt: instant,
    createdAt: instant,
    paymentId: answerId
      .nullable()
      .meta({ description: "The payment, by which it can be refunded; null before it is paid" }),
  })
  .meta({ id: "Reservation" });

export const reservationList = z
  .object({ reservations: z.array(reservation), nextCursor })
  .meta({ id: "ReservationList" });

export const cancelledReservation = z
  .object({ reservationId: answerId, status: z.literal("CANCELLED") })
  .meta({ id: "CancelledReservation" });

export const extendedHold = z
  .object({
    reservationId: answerId,
    status: z.literal("PENDING"),
    expiresAt: instant.meta({ description: "The new end: pay before this time" }),
    latestExpiresAt: instant.meta({ description: "No extension passes this time" }),
  })
  .meta({ id: "ExtendedHold" });

export const cancelSeatsBody = z
  .strictObject({
    seatIds: z
      .array(bodyId)
      .min(1, SEATS_RULE)
      .max(SEATS_MAX, SEATS_RULE)
      .refine((seatIds) => new Set(seatIds).size === seatIds.length, "Must name each seat once")
      .meta({ description: "Seats of the hold", uniqueItems: true }),
  })
  .meta({ id: "CancelSeatsRequest", example: { seatIds: [118] } });

/** The body must be empty or missing, because the path names the hold. */
export const emptyBody = z.strictObject({}).meta({ id: "ExtendHoldRequest" }).optional();

export const reservationParams = z.strictObject({ reservationId: pathId });

export const reservationsQuery = z.strictObject(pageQuery);
