import { availableDates, availableSeats, listConcerts } from "@onsale/core";
import { activeQueueAccess, publicAccess } from "../../auth/access.ts";
import { pageOf } from "../../http/cursor.ts";
import { defineEndpoint, type Endpoint, encodeData } from "../../http/endpoint.ts";
import { noBody, none } from "../../http/fields.ts";
import { presentConcert, presentPerformance, presentSeats } from "./presenter.ts";
import {
  availableDatesAnswer,
  availableSeatsAnswer,
  concertList,
  concertParams,
  concertsQuery,
  performanceParams,
  seatsQuery,
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
    description:
      "Ordered by id. The counts are of free seats of performances that have not begun and whose " +
      "sale has not ended, and may be one second old.",
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
    summary: "List the performances of a concert whose seats can be bought",
    description: "Those that have not begun, and whose sale is open or will open.",
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
      const { buyerSeatsMax } = core.config.hold;
      const concerts = performances.map((one) => presentPerformance(one, buyerSeatsMax));
      return { data: { concerts } };
    },
  }),
  defineEndpoint({
    operationId: "availableSeats",
    method: "get",
    path: "/concerts/{concertOptionId}/available-seats",
    tag: "Concerts",
    summary: "List the free seats of a performance",
    description:
      "`concertOptionId` is the id of a performance in the answer of available-dates. A client " +
      "that looks again sends the `version` of its list as `since`, and gets only the changes: " +
      "it removes `takenSeatIds` and adds `seats`. When `since` in the answer is null, `seats` " +
      "replaces the list. Seats for guests who need an accessible one are listed only with " +
      "`accessible=true`, which a client then sends each time. Answers 304 to `If-None-Match` " +
      "while the list is unchanged. The list may be 250 ms old, and older by the time that the " +
      "servers take while they are busy. It is empty after the start of the performance and " +
      "after the end of its sale.",
    status: 200,
    conditional: "strong",
    specification: true,
    idempotent: false,
    errors: ["PERFORMANCE_NOT_FOUND", "QUEUE_TOKEN_WRONG_QUEUE"],
    access: activeQueueAccess,
    params: performanceParams,
    query: seatsQuery,
    body: noBody,
    answer: availableSeatsAnswer,
    async handle({ core, params, query, caller }) {
      const { concertOptionId } = params;
      const { queueId } = caller.queueToken.claims;
      const input = { performanceId: concertOptionId, queueId, ...query };
      const list = await availableSeats(core, input);
      const { version, since = "" } = list;
      const kind = query.accessible ? "all-seats" : "seats";
      const name = `${kind} ${concertOptionId} ${since} ${version}`;
      const encoded = core.catalogState.encoded(name, () =>
        encodeData(presentSeats(concertOptionId, list)),
      );
      const etag = since === "" ? version : `${since}-${version}`;
      return { encoded, etag, cacheControl: "private, no-cache" };
    },
  }),
];
