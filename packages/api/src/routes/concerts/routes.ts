import { availableDates, availableSeats, listConcerts } from "@onsale/core";
import { activeQueueAccess, publicAccess } from "../../auth/access.ts";
import { pageOf } from "../../http/cursor.ts";
import { defineEndpoint, type Endpoint } from "../../http/endpoint.ts";
import { noBody, none } from "../../http/fields.ts";
import { presentConcert, presentPerformance, presentSeat } from "./presenter.ts";
import {
  availableDatesAnswer,
  availableSeatsAnswer,
  concertList,
  concertParams,
  concertsQuery,
  performanceParams,
} from "./schema.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The endpoints for concerts, their performances and free seats. */
export const concertEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    operationId: "listConcerts",
    method: "get",
    path: "/concerts",
    tag: "Concerts",
    summary: "List concerts",
    description: "Ordered by id. The counts of free seats may be one second old.",
    status: 200,
    specification: true,
    idempotent: false,
    errors: [],
    access: publicAccess,
    params: none,
    query: concertsQuery,
    body: noBody,
    answer: concertList,
    async handle({ core, query }) {
      const { limit, endDate } = query;
      const concerts = await listConcerts(core, {
        title: query.concertName,
        singer: query.singer,
        from: query.startDate,
        until: endDate ? new Date(endDate.getTime() + DAY_MS) : undefined,
        afterId: query.cursor,
        limit: limit + 1,
      });
      const { page, nextCursor } = pageOf(concerts, limit);
      return {
        data: { concerts: page.map(presentConcert), nextCursor },
        cacheControl: "public, max-age=1",
      };
    },
  }),
  defineEndpoint({
    operationId: "availableDates",
    method: "get",
    path: "/concerts/{concertId}/available-dates",
    tag: "Concerts",
    summary: "List the future performances of a concert",
    status: 200,
    specification: true,
    idempotent: false,
    errors: ["CONCERT_NOT_FOUND", "QUEUE_TOKEN_WRONG_QUEUE"],
    access: activeQueueAccess,
    params: concertParams,
    query: none,
    body: noBody,
    answer: availableDatesAnswer,
    async handle({ core, params, caller }) {
      const performances = await availableDates(core, {
        concertId: params.concertId,
        queueId: caller.queueToken.claims.queueId,
      });
      return { data: { concerts: performances.map(presentPerformance) } };
    },
  }),
  defineEndpoint({
    operationId: "availableSeats",
    method: "get",
    path: "/concerts/{concertOptionId}/available-seats",
    tag: "Concerts",
    summary: "List the free seats of a performance",
    description: "`concertOptionId` is the id of a performance in the answer of available-dates.",
    status: 200,
    specification: true,
    idempotent: false,
    errors: ["PERFORMANCE_NOT_FOUND", "QUEUE_TOKEN_WRONG_QUEUE"],
    access: activeQueueAccess,
    params: performanceParams,
    query: none,
    body: noBody,
    answer: availableSeatsAnswer,
    async handle({ core, params, caller }) {
      const { concertOptionId } = params;
      const { queueId } = caller.queueToken.claims;
      const seats = await availableSeats(core, { performanceId: concertOptionId, queueId });
      return { data: { concertOptionId, seats: seats.map(presentSeat) } };
    },
  }),
];
