import type { Problem } from "./problem.ts";

/** What goes wrong with seats and reservations, by code. */
export const SEAT_PROBLEMS = {
  // Concerts and seats.
  CONCERT_NOT_FOUND: {
    status: 404,
    title: "There is no such concert",
    remedy: "List the concerts again.",
  },
  PERFORMANCE_NOT_FOUND: {
    status: 404,
    title: "There is no such performance",
    remedy: "Ask for the concert's available dates again.",
  },
  PERFORMANCE_STARTED: {
    status: 409,
    title: "The performance has begun",
    remedy: "Choose another performance.",
  },
  SEAT_NOT_FOUND: {
    status: 404,
    title: "There is no such seat",
    remedy: "Ask for the available seats again.",
  },
  SEAT_CONTENDED: {
    status: 409,
    title: "Another buyer is at this seat right now",
    remedy: "Choose another seat, or try again after `Retry-After`.",
    retryAfterSeconds: 1,
  },
  SEAT_ALREADY_HELD: {
    status: 409,
    title: "A seat is held by another buyer",
    remedy: "Choose another seat; a hold that is not paid comes back.",
  },
  SEAT_ALREADY_SOLD: {
    status: 409,
    title: "A seat is sold",
    remedy: "Choose another seat.",
  },
  SEAT_LIMIT_REACHED: {
    status: 409,
    title: "Too many seats of one buyer",
    remedy:
      "A buyer may have `seatsMax` seats of a performance, `seatsHeld` and `seatsPaid` together: " +
      "choose fewer, or cancel a hold or refund a payment.",
  },

  // Reservations.
  RESERVATION_NOT_FOUND: {
    status: 404,
    title: "There is no such reservation",
    remedy: "List your reservations.",
  },
  RESERVATION_NOT_YOURS: {
    status: 403,
    title: "The reservation is another buyer's",
    remedy: "List your reservations.",
  },
  HOLD_EXPIRED: {
    status: 410,
    title: "The hold is over",
    remedy: "Its seats are for sale again; reserve anew.",
  },
  RESERVATION_STATE_CONFLICT: {
    status: 409,
    title: "The reservation's state does not allow this",
    remedy: "Read the reservation; `status` says where it is.",
  },
} as const satisfies Record<string, Problem>;
