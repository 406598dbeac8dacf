import {
  cancelReservation,
  cancelSeats,
  extendHold,
  findPurchase,
  holdSeats,
  purchasesOf,
} from "@onsale/core";
import { activeQueueAccess, userAccess } from "../../auth/access.ts";
import { pageOf } from "../../http/cursor.ts";
import { defineEndpoint, type Endpoint } from "../../http/endpoint.ts";
import { noBody, none } from "../../http/fields.ts";
import { presentCancelled, presentExtended, presentHeld, presentReservation } from "./presenter.ts";
import {
  cancelledReservation,
  cancelSeatsBody,
  emptyBody,
  extendedHold,
  heldReservation,
  reservation,
  reservationList,
  reservationParams,
  reservationsQuery,
  reserveBody,
} from "./schema.ts";

/** The path of the endpoint that holds seats. */
export const HOLD_PATH = "/concerts/reserve-seat";

/** The refusals of each change of a hold of the caller. */
const OWN_HOLD_ERRORS = [
  "RESERVATION_NOT_FOUND",
  "RESERVATION_NOT_YOURS",
  "RESERVATION_STATE_CONFLICT",
] as const;

/** The endpoints to hold seats, and to read, list and cancel reservations. */
export const reservationEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    operationId: "reserveSeat",
    method: "post",
    path: HOLD_PATH,
    tag: "Reservations",
    summary: "Hold seats",
    description:
      "Holds one or several seats of one performance until `expiresAt`: all of them or none. A " +
      "buyer who holds exactly these seats gets this hold again, with `Idempotency-Replayed: " +
      "true`; when only some of them are in the buyer's hold, the refusal has its " +
      "`reservationId`. A " +
      "buyer has at most `seatsPerBuyerMax` seats of a performance, unpaid and paid together.",
    status: 200,
    specification: true,
    idempotent: true,
    errors: [
      "SEAT_COUNT_INVALID",
      "SEATS_OF_SEVERAL_PERFORMANCES",
      "SEAT_NOT_FOUND",
      "SEAT_CONTENDED",
      "SEAT_ALREADY_HELD",
      "SEAT_ALREADY_SOLD",
      "SEAT_BLOCKED",
      "SEAT_ACCESSIBLE_ONLY",
      "SEAT_LIMIT_REACHED",
      "QUEUE_TOKEN_WRONG_QUEUE",
      "PERFORMANCE_STARTED",
      "SALE_NOT_OPEN",
      "SALE_CLOSED",
    ],
    access: activeQueueAccess,
    params: none,
    query: none,
    body: reserveBody,
    answer: heldReservation,
    async handle({ core, body, caller, idempotency }) {
      const held = await holdSeats(core, {
        userId: caller.userId,
        accessible: body.accessible,
        seatIds: body.seatIds ?? (body.seatId === undefined ? [] : [body.seatId]),
        queueId: caller.queueToken.claims.queueId,
        idempotency,
      });
      return { data: presentHeld(held.value), replayed: held.replayed };
    },
  }),
  defineEndpoint({
    operationId: "findReservation",
    method: "get",
    path: "/reservations/{reservationId}",
    tag: "Reservations",
    summary: "Read a reservation",
    status: 200,
    specification: false,
    idempotent: false,
    errors: ["RESERVATION_NOT_FOUND"],
    access: userAccess,
    params: reservationParams,
    query: none,
    body: noBody,
    answer: reservation,
    async handle({ core, params, caller }) {
      const { reservationId } = params;
      const found = await findPurchase(core, { userId: caller.userId, reservationId });
      return { data: presentReservation(found) };
    },
  }),
  defineEndpoint({
    operationId: "extendHold",
    method: "post",
    path: "/reservations/{reservationId}/extend",
    tag: "Reservations",
    summary: "Extend a hold",
    description:
      "The hold then ends `HOLD_TTL_MS` from now, but never later than `latestExpiresAt`. A " +
      "repetition extends it again, up to the same limit.",
    status: 200,
    specification: false,
    idempotent: false,
    errors: [...OWN_HOLD_ERRORS, "HOLD_EXPIRED", "HOLD_EXTENSION_LIMIT", "PERFORMANCE_STARTED"],
    access: userAccess,
    params: reservationParams,
    query: none,
    body: emptyBody,
    answer: extendedHold,
    async handle({ core, params, caller }) {
      const { reservationId } = params;
      const hold = await extendHold(core, { userId: caller.userId, reservationId });
      return { data: presentExtended(hold) };
    },
  }),
  defineEndpoint({
    operationId: "cancelSeats",
    method: "post",
    path: "/reservations/{reservationId}/cancel-seats",
    tag: "Reservations",
    summary: "Cancel some seats of a hold",
    description:
      "These seats are for sale again immediately. The hold goes on with the others, a lower " +
      "`amount` and the same end; it is CANCELLED when all of its seats are named. Answers with " +
      "the reservation. A repetition changes nothing and is marked with `Idempotency-Replayed: " +
      "true`. Seats of a paid reservation are not cancelled here: its payment is refunded as a " +
      "whole, and a refund of single seats is a decision of the box office.",
    status: 200,
    specification: false,
    idempotent: false,
    repeatable: true,
    errors: [...OWN_HOLD_ERRORS, "SEAT_NOT_IN_RESERVATION", "HOLD_EXPIRED"],
    access: userAccess,
    params: reservationParams,
    query: none,
    body: cancelSeatsBody,
    answer: reservation,
    async handle({ core, params, body, caller }) {
      const { reservationId } = params;
      const { userId } = caller;
      const { seatIds } = body;
      const { replayed } = await cancelSeats(core, { userId, reservationId, seatIds });
      const found = await findPurchase(core, { userId, reservationId });
      return { data: presentReservation(found), replayed };
    },
  }),
  defineEndpoint({
    operationId: "cancelReservation",
    method: "delete",
    path: "/reservations/{reservationId}",
    tag: "Reservations",
    summary: "Cancel a hold",
    description:
      "The seats are for sale again immediately. A paid reservation must be refunded instead. A " +
      "repetition gets the same answer, with `Idempotency-Replayed: true`.",
    status: 200,
    specification: false,
    idempotent: false,
    repeatable: true,
    errors: [...OWN_HOLD_ERRORS, "RESERVATION_CHANGED"],
    access: userAccess,
    params: reservationParams,
    query: none,
    body: noBody,
    answer: cancelledReservation,
    async handle({ core, params, caller }) {
      const { reservationId } = params;
      const { userId } = caller;
      const { replayed } = await cancelReservation(core, { userId, reservationId });
      return { data: presentCancelled(reservationId), replayed };
    },
  }),
  defineEndpoint({
    operationId: "myReservations",
    method: "get",
    path: "/users/me/reservations",
    tag: "Reservations",
    summary: "List the caller's reservations",
    description: "Newest first.",
    status: 200,
    specification: false,
    idempotent: false,
    errors: [],
    access: userAccess,
    params: none,
    query: reservationsQuery,
    body: noBody,
    answer: reservationList,
    async handle({ core, query, caller }) {
      const { limit, cursor } = query;
      const found = await purchasesOf(core, {
        userId: caller.userId,
        beforeId: cursor,
        limit: limit + 1,
      });
      const { page, nextCursor } = pageOf(found, limit);
      return { data: { reservations: page.map(presentReservation), nextCursor } };
    },
  }),
];
