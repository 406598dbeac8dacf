import { adminTemplates } from "./badAdminTemplates.ts";
import type { BadCaseFixture, Template, Templates, Wanted } from "./badTemplate.ts";

const INVALID: Wanted = [400, "INVALID_REQUEST"];
const FOREIGN_ID = 987_654_321;
const UNKNOWN_ID = 2 ** 40;

/** The template of an endpoint; an empty one when the endpoint needs no fields. */
export function templateOf(operationId: string, fixture: BadCaseFixture): Template {
  const templates: Templates = {
    ...queueTemplates(fixture),
    ...concertTemplates(fixture),
    ...reservationTemplates(fixture),
    ...moneyTemplates(fixture),
    ...USER_TEMPLATES,
    ...adminTemplates(fixture),
  };
  return templates[operationId] ?? { params: {} };
}

function queueTemplates({ active }: BadCaseFixture): Templates {
  return {
    joinQueue: {
      params: {},
      body: { userId: active.userId },
      numbers: ["userId"],
      unknown: [
        { what: "unknown queue", body: { queueId: "nope" }, wanted: [404, "QUEUE_NOT_FOUND"] },
        { what: "queue id of braces", body: { queueId: "{a}" }, wanted: INVALID },
        { what: "foreign user", body: { userId: FOREIGN_ID }, wanted: [403, "FOREIGN_USER"] },
      ],
    },
    queueStatusOfUser: {
      params: { userId: active.userId },
      unknown: [{ what: "foreign user", id: FOREIGN_ID, wanted: [404, "USER_NOT_FOUND"] }],
    },
    queueOverview: {
      params: { queueId: "main" },
      namedByText: true,
      unknown: [{ what: "unknown queue", id: UNKNOWN_ID, wanted: [404, "QUEUE_NOT_FOUND"] }],
    },
  };
}

function concertTemplates({ sale }: BadCaseFixture): Templates {
  return {
    availableDates: {
      params: { concertId: sale.concertId },
      unknown: [{ what: "unknown id", id: UNKNOWN_ID, wanted: [404, "CONCERT_NOT_FOUND"] }],
    },
    availableSeats: {
      params: { concertOptionId: sale.performanceId },
      unknown: [{ what: "unknown id", id: UNKNOWN_ID, wanted: [404, "PERFORMANCE_NOT_FOUND"] }],
    },
  };
}

function reservationTemplates({ sale, strangersReservation }: BadCaseFixture): Templates {
  return {
    reserveSeat: {
      params: {},
      body: { seatId: sale.seatIds[1] },
      numbers: ["seatId"],
      required: ["seatId"],
      unknown: [
        { what: "unknown seat", body: { seatId: UNKNOWN_ID }, wanted: [404, "SEAT_NOT_FOUND"] },
        { what: "no seat", body: { seatIds: [] }, wanted: INVALID },
        { what: "seatId and seatIds", body: { seatId: 1, seatIds: [1] }, wanted: INVALID },
        { what: "seats as text", body: { seatIds: "1,2" }, wanted: INVALID },
        { what: "a seat twice", body: { seatIds: [1, 1] }, wanted: [400, "SEAT_COUNT_INVALID"] },
        {
          what: "too many seats",
          body: { seatIds: [1, 2, 3, 4, 5] },
          wanted: [400, "SEAT_COUNT_INVALID"],
        },
        {
          what: "foreign user",
          body: { seatId: 1, userId: FOREIGN_ID },
          wanted: [403, "FOREIGN_USER"],
        },
      ],
    },
    findReservation: {
      params: { reservationId: UNKNOWN_ID },
      unknown: [
        { what: "unknown id", id: UNKNOWN_ID, wanted: [404, "RESERVATION_NOT_FOUND"] },
        { what: "foreign", id: strangersReservation, wanted: [404, "RESERVATION_NOT_FOUND"] },
      ],
    },
    cancelSeats: {
      params: { reservationId: UNKNOWN_ID },
      body: { seatIds: [1] },
      required: ["seatIds"],
      unknown: [
        { what: "unknown id", id: UNKNOWN_ID, wanted: [404, "RESERVATION_NOT_FOUND"] },
        { what: "foreign", id: strangersReservation, wanted: [403, "RESERVATION_NOT_YOURS"] },
        { what: "no seat", body: { seatIds: [] }, wanted: INVALID },
        { what: "a seat twice", body: { seatIds: [1, 1] }, wanted: INVALID },
      ],
    },
    cancelReservation: {
      params: { reservationId: UNKNOWN_ID },
      unknown: [
        { what: "unknown id", id: UNKNOWN_ID, wanted: [404, "RESERVATION_NOT_FOUND"] },
        { what: "foreign", id: strangersReservation, wanted: [403, "RESERVATION_NOT_YOURS"] },
      ],
    },
  };
}

function moneyTemplates({ active, strangersReservation }: BadCaseFixture): Templates {
  return {
    pay: {
      params: {},
      body: { reservationId: UNKNOWN_ID },
      numbers: ["reservationId"],
      required: ["reservationId"],
      unknown: [
        {
          what: "unknown reservation",
          body: { reservationId: UNKNOWN_ID },
          wanted: [404, "RESERVATION_NOT_FOUND"],
        },
        {
          what: "foreign reservation",
          body: { reservationId: strangersReservation },
          wanted: [403, "RESERVATION_NOT_YOURS"],
        },
      ],
    },
    refund: {
      params: { paymentId: UNKNOWN_ID },
      body: {},
      unknown: [{ what: "unknown id", id: UNKNOWN_ID, wanted: [404, "PAYMENT_NOT_FOUND"] }],
    },
    chargePoints: {
      params: {},
      body: { amount: 100 },
      numbers: ["amount", "userId"],
      required: ["amount"],
      unknown: [
        { what: "too much", body: { amount: 1_000_000_001 }, wanted: INVALID },
        {
          what: "foreign user",
          body: { amount: 1, userId: FOREIGN_ID },
          wanted: [403, "FOREIGN_USER"],
        },
      ],
    },
    currentPoints: {
      params: { userId: active.userId },
      unknown: [{ what: "foreign user", id: FOREIGN_ID, wanted: [404, "USER_NOT_FOUND"] }],
    },
  };
}

const USER_TEMPLATES: Templates = {
  createUser: {
    params: {},
    body: { name: "Ada" },
    required: ["name"],
    unknown: [
      { what: "an empty name", body: { name: "  " }, wanted: INVALID },
      { what: "an invisible character", body: { name: "A\u200bda" }, wanted: INVALID },
      { what: "a number as name", body: { name: 5 }, wanted: INVALID },
      { what: "a long name", body: { name: "x".repeat(101) }, wanted: INVALID },
    ],
  },
};
