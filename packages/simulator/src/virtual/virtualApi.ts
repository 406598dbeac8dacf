import {
  admitActive,
  admitPayment,
  availableDates,
  availableSeats,
  type CoreContext,
  CoreError,
  cancelReservation,
  chargePoints,
  findReservation,
  holdSeats,
  joinQueue,
  leaveQueue,
  payReservation,
  type QueueTicket,
  queueStatus,
  refundPayment,
  verifyQueueToken,
} from "@onsale/core";
import { z } from "zod";
import type { HttpAnswer, HttpRequest } from "../actors/httpTargets.ts";

/** An access token of a virtual sale, which nobody forges. */
export function accessTokenOf(userId: number): string {
  return `user ${userId}`;
}

const ids = z.object({ seatIds: z.array(z.number()) });
const reservation = z.object({ reservationId: z.number() });
const amount = z.object({ amount: z.number() });
const queue = z.object({ queueId: z.string() });

type Handler = (core: CoreContext, request: HttpRequest, id: number) => Promise<unknown>;

/**
 * What the REST API does for each request of a buyer, without HTTP: the door, the workflow, the
 * fields that buyers look at.
 */
const HANDLERS: readonly (readonly [method: string, path: RegExp, Handler])[] = [
  ["POST", /^\/queue\/tokens$/, join],
  ["GET", /^\/queue\/tokens\/me$/, status],
  ["DELETE", /^\/queue\/tokens\/me$/, leave],
  ["GET", /^\/concerts\/(\d+)\/available-dates$/, dates],
  ["GET", /^\/concerts\/(\d+)\/available-seats$/, seats],
  ["POST", /^\/concerts\/reserve-seat$/, reserve],
  ["POST", /^\/payment\/pay$/, pay],
  ["PUT", /^\/points\/charge$/, charge],
  ["GET", /^\/reservations\/(\d+)$/, find],
  ["DELETE", /^\/reservations\/(\d+)$/, cancel],
  ["POST", /^\/payments\/(\d+)\/refund$/, refund],
];

/**
 * Answers a request as the API would.
 * @throws whatever is no CoreError: the API would answer 500, which must never happen
 */
export async function answerRequest(core: CoreContext, request: HttpRequest): Promise<HttpAnswer> {
  for (const [method, pattern, handle] of HANDLERS) {
    const match = method === request.method ? pattern.exec(request.path) : null;
    if (!match) continue;
    try {
      const data = await handle(core, request, Number(match[1]));
      return { kind: "accepted", status: 200, data };
    } catch (error) {
      if (error instanceof CoreError) return refusalOf(error);
      throw error;
    }
  }
  throw new Error(`a virtual buyer asks for ${request.method} ${request.path}`);
}

/** 503 in the API: a try again is worth it, and nothing is said about the request. */
const UNAVAILABLE: ReadonlySet<string> = new Set([
  "DEPENDENCY_UNAVAILABLE",
  "OUTCOME_UNKNOWN",
  "OVERLOADED",
  "TRANSACTION_CONTENDED",
]);
/** 409 in the API: somebody else was faster, or is at it. */
const CONFLICT = /^(SEAT_(CONTENDED|ALREADY_.*)|IDEMPOTENCY_IN_PROGRESS)$/;

function refusalOf(error: CoreError): HttpAnswer {
  const { code, details } = error;
  if (UNAVAILABLE.has(code)) {
    return { kind: "failed", failure: code, status: 503, retryAfterMs: undefined };
  }
  const status = CONFLICT.test(code) ? 409 : 400;
  return { kind: "refused", status, body: { code, ...details }, retryAfterMs: undefined };
}

function userOf({ token = "" }: HttpRequest): number {
  return Number(token.replace("user ", ""));
}

function once({ idempotencyKey }: HttpRequest): { idempotency?: { key: string } } {
  return idempotencyKey === undefined ? {} : { idempotency: { key: idempotencyKey } };
}

function presentTicket({ token, status: now, position, expiresAtMs, pollAfterMs }: QueueTicket) {
  const expiresAt = expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString();
  return { token, status: now, position, expiresAt, pollAfterMs };
}

async function join(core: CoreContext, request: HttpRequest) {
  const { queueId } = queue.parse(request.body);
  return presentTicket(await joinQueue(core, { queueId, userId: userOf(request) }));
}

async function status(core: CoreContext, { token = "" }: HttpRequest) {
  const { queueId, userId } = verifyQueueToken(core, token);
  return presentTicket(await queueStatus(core, { queueId, userId, token }));
}

function leave(core: CoreContext, { token = "" }: HttpRequest) {
  const { queueId, userId } = verifyQueueToken(core, token);
  return leaveQueue(core, { queueId, userId });
}

async function dates(core: CoreContext, { token = "" }: HttpRequest, concertId: number) {
  const { queueId } = await admitActive(core, token);
  const performances = await availableDates(core, { concertId, queueId });
  return { concerts: performances.map(({ id }) => ({ concertOptionId: id })) };
}

async function seats(core: CoreContext, { token = "" }: HttpRequest, performanceId: number) {
  const { queueId } = await admitActive(core, token);
  const free = await availableSeats(core, { performanceId, queueId });
  return { seats: free.map(({ id, price }) => ({ seatId: id, price })) };
}

async function reserve(core: CoreContext, request: HttpRequest) {
  const { queueId, userId } = await admitActive(core, request.token ?? "");
  const { seatIds } = ids.parse(request.body);
  return (await holdSeats(core, { userId, seatIds, queueId, ...once(request) })).value;
}

async function pay(core: CoreContext, request: HttpRequest) {
  const { reservationId } = reservation.parse(request.body);
  const { userId } = await admitPayment(core, request.token ?? "", reservationId);
  return (await payReservation(core, { userId, reservationId, ...once(request) })).value;
}

async function charge(core: CoreContext, request: HttpRequest) {
  const { amount: points } = amount.parse(request.body);
  const input = { userId: userOf(request), amount: points, ...once(request) };
  return (await chargePoints(core, input)).value;
}

async function find(core: CoreContext, request: HttpRequest, reservationId: number) {
  return {
    status: (await findReservation(core, { userId: userOf(request), reservationId })).status,
  };
}

function cancel(core: CoreContext, request: HttpRequest, reservationId: number) {
  return cancelReservation(core, { userId: userOf(request), reservationId });
}

async function refund(core: CoreContext, request: HttpRequest, paymentId: number) {
  return (await refundPayment(core, { userId: userOf(request), paymentId, ...once(request) }))
    .value;
}
