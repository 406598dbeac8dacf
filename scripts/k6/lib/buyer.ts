import { sleep } from "k6";
import type { Call, Outcome } from "./api.ts";
import { randomOf, randomSeconds } from "./random.ts";
import type { Step } from "./scenario.ts";

/** Sends the requests of a scenario. */
export type Send = (step: Step, call: Call) => Outcome;

/** A seat of a seat list. */
export interface ListedSeat {
  readonly seatId: number;
}

interface Place {
  readonly token: string;
  readonly status: string;
  readonly pollAfterMs: number;
}

/** The first concert of an empty installation, and its first performance. */
export const CONCERT_ID = Number(__ENV.CONCERT_ID ?? 1);
export const PERFORMANCE_ID = Number(__ENV.PERFORMANCE_ID ?? 1);

const TAKEN = 409;
const NOT_ACTIVE = 403;
const NOT_ENOUGH_POINTS = 422;
const EXPIRED = 410;
/** A buyer gives up after this many looks at its place. */
const POLLS_MAX = 60;

/** Takes a place in the queue. @returns undefined when the request failed */
export function join(send: Send, userId: number): Place | undefined {
  const call: Call = { method: "POST", path: "/queue/tokens", body: { userId }, isRead: true };
  return placeOf(send("join", call));
}

/** Reads the buyer's place in the queue. @returns undefined when the request failed */
export function poll(send: Send, userId: number): Place | undefined {
  const path = `/queue/tokens/status/${userId}`;
  return placeOf(send("poll", { method: "GET", path, isRead: true }));
}

/**
 * Joins the queue and waits for the admission, with the advised pauses.
 * @returns the queue token; undefined when the buyer was not admitted
 */
export function waitForAdmission(send: Send, userId: number): string | undefined {
  let place = join(send, userId);
  for (let polls = 0; place !== undefined && polls < POLLS_MAX; polls++) {
    if (place.status === "ACTIVE") return place.token;
    sleep(place.pollAfterMs / 1000);
    place = poll(send, userId) ?? place;
  }
  return undefined;
}

/** Lists the seats that can be held. */
export function freeSeats(send: Send, token: string): readonly ListedSeat[] {
  const path = `/concerts/${PERFORMANCE_ID}/available-seats`;
  const { data } = send("seats", { method: "GET", path, token, isRead: true });
  return isRecord(data) && Array.isArray(data.seats) ? data.seats : [];
}

/** Holds a seat. @returns the id of the reservation; undefined when another buyer has the seat */
export function hold(
  send: Send,
  { token, userId, seatId }: { token: string; userId: number; seatId: number },
): number | undefined {
  const { data } = send("hold", {
    ...{ method: "POST", path: "/concerts/reserve-seat", token, isRead: true },
    body: { seatId, userId },
    refusals: [TAKEN, NOT_ACTIVE],
  });
  return isRecord(data) && typeof data.reservationId === "number" ? data.reservationId : undefined;
}

/** Charges points. */
export function charge(send: Send, userId: number, amount: number): Outcome {
  return send("charge", { method: "PUT", path: "/points/charge", body: { userId, amount } });
}

/** Pays a reservation. @returns whether the payment was accepted */
export function pay(
  send: Send,
  { token, reservationId }: { token: string; reservationId: number },
): boolean {
  const call: Call = {
    ...{ method: "POST", path: "/payment/pay", token },
    body: { reservationId },
    refusals: [TAKEN, NOT_ACTIVE, EXPIRED, NOT_ENOUGH_POINTS],
  };
  return send("pay", call).isAccepted;
}

/** Points that pay any seat. */
const POINTS = 1_000_000;
/** A buyer whose seats were taken looks at the list again, at most this many times. */
const LOOKS_MAX = 50;

/**
 * The whole visit of a buyer who wants one seat: wait, look, hold, charge, pay. A buyer whose seat
 * was taken chooses another one.
 * @returns whether the buyer has a paid seat
 */
export function buyOneSeat(send: Send, userId: number, thinkSeconds: number): boolean {
  const token = waitForAdmission(send, userId);
  if (token === undefined) return false;
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    const seat = randomOf(freeSeats(send, token));
    if (seat === undefined) return false;
    sleep(randomSeconds(0, thinkSeconds));
    const reservationId = hold(send, { token, userId, seatId: seat.seatId });
    if (reservationId === undefined) continue;
    charge(send, userId, POINTS);
    return pay(send, { token, reservationId });
  }
  return false;
}

function placeOf({ data }: Outcome): Place | undefined {
  if (!isRecord(data)) return undefined;
  const { token, status, pollAfterMs } = data;
  if (typeof token !== "string" || typeof status !== "string") return undefined;
  return { token, status, pollAfterMs: typeof pollAfterMs === "number" ? pollAfterMs : 1000 };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
