import type { Problem } from "./problem.ts";

/** The rows of `PROBLEMS` for concerts, seats and reservations. */
export const SEAT_PROBLEMS = {
  // Codes about concerts and seats.
  CONCERT_NOT_FOUND: {
    status: 404,
    title: "The concert does not exist",
    remedy: "List the concerts again.",
  },
  PERFORMANCE_NOT_FOUND: {
    status: 404,
    title: "The performance does not exist",
    remedy: "Read the available dates of the concert again.",
  },
  PERFORMANCE_IN_PAST: {
    status: 422,
    title: "The performance would start in the past",
    remedy: "Send a `startsAt` in the future.",
  },
  PERFORMANCE_STARTED: {
    status: 409,
    title: "The performance has started",
    remedy: "Choose another performance.",
  },
  SALE_NOT_OPEN: {
    status: 409,
    title: "The sale has not begun",
    remedy: "Try again from `saleOpensAt` on.",
  },
  SALE_CLOSED: {
    status: 409,
    title: "The sale has ended",
    remedy: "Choose another performance; an earlier hold can be paid until it expires.",
  },
  SEAT_NOT_FOUND: {
    status: 404,
    title: "The seat does not exist",
    remedy: "Read the available seats again.",
  },
  SEAT_CONTENDED: {
    status: 409,
    title: "Another request is trying to hold this seat",
    remedy: "Choose another seat, or try again after `Retry-After`.",
    retryAfterSeconds: 1,
  },
  SEAT_ALREADY_HELD: {
    status: 409,
    title: "A seat is held",
    remedy:
      "Choose another seat; a seat whose hold is not paid is for sale again later. With " +
      "`reservationId`, you hold it yourself: pay or cancel that reservation.",
  },
  SEAT_ALREADY_SOLD: {
    status: 409,
    title: "A seat is already sold",
    remedy: "Choose another seat. With `reservationId`, you have bought it yourself.",
  },
  SEAT_BLOCKED: {
    status: 409,
    title: "A seat is not for sale",
    remedy: "Choose another seat; the box office keeps this one back.",
  },
  SEAT_ACCESSIBLE_ONLY: {
    status: 409,
    title: "A seat is for guests who need an accessible one",
    remedy: "Choose another seat, or send `accessible: true` for a guest who needs it.",
  },
  SEAT_LIMIT_REACHED: {
    status: 409,
    title: "The buyer has too many seats",
    remedy:
      "A buyer may have `seatsMax` seats of a performance, `seatsHeld` and `seatsPaid` together: " +
      "choose fewer, or cancel a hold or refund a payment.",
  },

  // Codes about reservations.
  RESERVATION_NOT_FOUND: {
    status: 404,
    title: "The reservation does not exist",
    remedy: "List your reservations.",
  },
  RESERVATION_NOT_YOURS: {
    status: 403,
    title: "The reservation belongs to another buyer",
    remedy: "List your reservations.",
  },
  HOLD_EXPIRED: {
    status: 410,
    title: "The hold has expired",
    remedy: "The seats are for sale again; make a new reservation.",
  },
  HOLD_EXTENSION_LIMIT: {
    status: 409,
    title: "The hold cannot be extended any further",
    remedy: "Pay before `expiresAt` of the hold.",
  },
  RESERVATION_STATE_CONFLICT: {
    status: 409,
    title: "The state of the reservation does not allow this",
    remedy: "Read the reservation; `reservationStatus` is its state.",
  },
  RESERVATION_CHANGED: {
    status: 409,
    title: "The reservation was changed at this moment",
    remedy: "Read the reservation, whose seats and price may be others, and try again.",
    retryAfterSeconds: 1,
  },
  SEAT_NOT_IN_RESERVATION: {
    status: 409,
    title: "The reservation does not have a seat",
    remedy: "Read the reservation again; only seats that it has can be given back.",
  },
} as const satisfies Record<string, Problem>;
