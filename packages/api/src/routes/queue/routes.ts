import { DEFAULT_QUEUE_ID, joinQueue, leaveSale, queueOverview, queueStatus } from "@onsale/core";
import { z } from "zod";
import { type LineCaller, lineAccess, publicAccess, queueAccess } from "../../auth/access.ts";
import { defineEndpoint, type Endpoint } from "../../http/endpoint.ts";
import { noBody, none } from "../../http/fields.ts";
import { TokenKindError } from "../../problems/errors.ts";
import { presentOverview, presentStatus, presentTicket } from "./presenter.ts";
import { joinBody, overview, overviewParams, statusParams, statusQuery, ticket } from "./schema.ts";

const STATUS_ERRORS = ["QUEUE_PLACE_NOT_FOUND", "QUEUE_TOKEN_EXPIRED", "QUEUE_NOT_FOUND"] as const;

/** The endpoints to join the queue, to read the status and to leave. */
export const queueEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    operationId: "joinQueue",
    waitingRoom: true,
    method: "post",
    path: "/queue/tokens",
    tag: "Queue",
    summary: "Join the queue",
    description:
      "Answers with the caller's place in the queue. A caller without a place gets a new one at " +
      "the end; joining again changes nothing. A queue token that is sent as Bearer is good for " +
      "its own place only: it restores the place after Redis lost the queue, and gets 410 when " +
      "the place has ended. A new place needs an access token.",
    status: 200,
    specification: true,
    idempotent: false,
    errors: ["QUEUE_NOT_FOUND", "QUEUE_CLOSED", "TOKEN_KIND_WRONG"],
    access: lineAccess,
    params: none,
    query: none,
    body: joinBody,
    answer: ticket,
    async handle({ core, body, caller }) {
      const queueId = queueIdOf(body.queueId, caller);
      const place = { queueId, userId: caller.userId, ...earlierToken(queueId, caller) };
      const joined = caller.byQueueToken
        ? await queueStatus(core, place)
        : await joinQueue(core, place);
      return { data: presentTicket(joined) };
    },
  }),
  defineEndpoint({
    operationId: "queueStatusOfUser",
    waitingRoom: true,
    method: "get",
    path: "/queue/tokens/status/{userId}",
    tag: "Queue",
    summary: "Read the queue status of a user",
    description: "Answers 304 to `If-None-Match` while the place is unchanged.",
    status: 200,
    conditional: "weak",
    specification: true,
    idempotent: false,
    errors: STATUS_ERRORS,
    access: lineAccess,
    params: statusParams,
    query: statusQuery,
    body: noBody,
    answer: ticket,
    async handle({ core, query, caller }) {
      const queueId = queueIdOf(query.queueId, caller);
      const token = earlierToken(queueId, caller);
      return presentStatus(await queueStatus(core, { queueId, userId: caller.userId, ...token }));
    },
  }),
  defineEndpoint({
    operationId: "myQueueStatus",
    waitingRoom: true,
    method: "get",
    path: "/queue/tokens/me",
    tag: "Queue",
    summary: "Read the queue status of the token's holder",
    description: "Answers 304 to `If-None-Match` while the place is unchanged.",
    status: 200,
    conditional: "weak",
    specification: false,
    idempotent: false,
    errors: STATUS_ERRORS,
    access: queueAccess,
    params: none,
    query: none,
    body: noBody,
    answer: ticket,
    async handle({ core, caller }) {
      const { token, claims } = caller.queueToken;
      const { queueId, userId } = claims;
      return presentStatus(await queueStatus(core, { queueId, userId, token }));
    },
  }),
  defineEndpoint({
    operationId: "myQueueEvents",
    waitingRoom: true,
    streams: true,
    method: "get",
    path: "/queue/tokens/me/events",
    tag: "Queue",
    summary: "Follow the place of the token's holder",
    description:
      "Server-Sent Events. `place` comes first and is the answer of `myQueueStatus`; `position` " +
      "when the position changed and when the queue is paused (`etaSeconds` is null) or " +
      "continues, with `position`, `ahead`, `etaSeconds`, `generation` and `admittedCount`; " +
      "`changed` last, when the place does not wait any more: then close the stream and read " +
      "`myQueueStatus`, which activates the admission. A client that sends the id of its last " +
      "event as `Last-Event-ID` gets no `place` while nothing changed. 503 when the process has " +
      "too many streams: poll instead.",
    status: 200,
    specification: false,
    idempotent: false,
    errors: STATUS_ERRORS,
    access: queueAccess,
    params: none,
    query: none,
    body: noBody,
    answer: ticket,
    async handle({ core, caller }) {
      const { token, claims } = caller.queueToken;
      const { queueId, userId } = claims;
      const place = await queueStatus(core, { queueId, userId, token });
      return { data: presentTicket(place), follow: place };
    },
  }),
  defineEndpoint({
    operationId: "queueOverview",
    waitingRoom: true,
    method: "get",
    path: "/queues/{queueId}/status",
    tag: "Queue",
    summary: "Read the status of a queue",
    description:
      "The same for all buyers, and without a credential, so that a proxy or a CDN may keep it " +
      "for a second. A waiting client calculates its position from it between two polls of its " +
      "own place. Answers 304 to `If-None-Match` while nothing changed.",
    status: 200,
    conditional: "weak",
    specification: false,
    idempotent: false,
    errors: ["QUEUE_NOT_FOUND"],
    access: publicAccess,
    params: overviewParams,
    query: none,
    body: noBody,
    answer: overview,
    handle: async ({ core, params }) => presentOverview(await queueOverview(core, params.queueId)),
  }),
  defineEndpoint({
    operationId: "leaveQueue",
    method: "delete",
    path: "/queue/tokens/me",
    tag: "Queue",
    summary: "Leave the queue",
    description:
      "Gives up the place, waiting or active. The slot of an active place is free immediately. " +
      "The buyer's unpaid holds for concerts of this queue are cancelled, and their seats are " +
      "for sale again. Paid reservations, and a hold whose payment is in progress, stay. Only " +
      "the place of the token ends: a repetition, or the token of an earlier place, changes " +
      "nothing and gets the same answer.",
    status: 204,
    specification: false,
    idempotent: false,
    // A hold can give back some of its seats at this moment.
    errors: [...STATUS_ERRORS, "RESERVATION_CHANGED"],
    access: queueAccess,
    params: none,
    query: none,
    body: noBody,
    answer: z.undefined(),
    async handle({ core, caller }) {
      const { token, claims } = caller.queueToken;
      const { queueId, userId } = claims;
      await leaveSale(core, { queueId, userId, token });
      return { data: undefined };
    },
  }),
];

function queueIdOf(asked: string | undefined, caller: LineCaller): string {
  return asked ?? caller.queueToken?.claims.queueId ?? DEFAULT_QUEUE_ID;
}

/** @throws TokenKindError when a queue token alone asks about another queue */
function earlierToken(queueId: string, caller: LineCaller): { token?: string } {
  const { queueToken, byQueueToken } = caller;
  if (queueToken?.claims.queueId === queueId) return { token: queueToken.token };
  if (byQueueToken) throw new TokenKindError("queue", "access");
  return {};
}
