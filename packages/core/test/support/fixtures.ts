import { createConcert, createPerformance } from "../../src/catalog/createConcert.ts";
import { appendMessages } from "../../src/outbox/appendMessages.ts";
import { payReservation } from "../../src/payment/payReservation.ts";
import { chargePoints } from "../../src/point/chargePoints.ts";
import { pointEvent } from "../../src/point/pointEvent.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { Tx } from "../../src/ports/transaction.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";

export { failureOf } from "@onsale/conformance/transactionRace";

export const QUEUE_ID = "main";
export const SEAT_PRICE = 1_000;

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

let lastUserId = 1_000_000;

/** A user id that no other test uses. */
export function newUserId(): number {
  lastUserId += 1;
  return lastUserId;
}

export interface Sale {
  readonly concertId: number;
  readonly performanceId: number;
  /** Ascending. */
  readonly seatIds: readonly number[];
}

/**
 * A concert with one performance in a week; every seat costs `SEAT_PRICE` unless said otherwise.
 * @param options.prices the price of each seat, in the order of the seats
 */
export async function makeSale(
  core: CoreContext,
  seatCount: number,
  options: {
    queueId?: string;
    price?: number;
    prices?: readonly number[];
    startsAt?: Date;
  } = {},
): Promise<Sale> {
  const { queueId = QUEUE_ID, price = SEAT_PRICE, prices = [] } = options;
  const startsAt = options.startsAt ?? new Date(core.clock.nowMs() + WEEK_MS);
  const concert = await createConcert(core, { title: "Rush", singer: "The Locks", queueId });
  const { performanceId } = await createPerformance(core, {
    concertId: concert.id,
    startsAt,
    venue: "Hall",
    seats: Array.from({ length: seatCount }, (_unused, index) => ({
      seatNo: `A-${index + 1}`,
      section: "A",
      price: prices[index] ?? price,
    })),
  });
  const seats = await core.seats.ofPerformance(null, performanceId);
  return { concertId: concert.id, performanceId, seatIds: seats.map((seat) => seat.id) };
}

/** Creates a sale of one seat. @returns the seat's id */
export async function makeSeat(core: CoreContext): Promise<number> {
  return firstOf((await makeSale(core, 1)).seatIds);
}

/** A user with points. */
export async function chargedUser(core: CoreContext, amount = 100 * SEAT_PRICE): Promise<number> {
  const userId = newUserId();
  await chargePoints(core, { userId, amount });
  return userId;
}

/**
 * Charges points within a transaction, also more than one request may.
 * @returns the balance after it
 */
export async function chargeInside(
  core: CoreContext,
  tx: Tx,
  userId: number,
  amount: number,
): Promise<number> {
  const entry = { userId, kind: "CHARGE", amount, entryKey: `charge:${core.ids.uuid()}` } as const;
  const posted = await core.ledger.post(tx, entry);
  if (!posted) throw new Error("the balance would pass its limit");
  await appendMessages(core, tx, [pointEvent("point-account.charged", userId, amount, posted)]);
  return posted.balanceAfter;
}

/** Holds the seats for the user. @returns the reservation's id */
export async function held(
  core: CoreContext,
  userId: number,
  seatIds: readonly number[],
  { queueId = QUEUE_ID }: { queueId?: string } = {},
): Promise<number> {
  const { value } = await holdSeats(core, { userId, seatIds, queueId });
  return value.reservationId;
}

/** Holds and pays the seats. @returns the ids of reservation and payment */
export async function paid(
  core: CoreContext,
  userId: number,
  seatIds: readonly number[],
): Promise<{ reservationId: number; paymentId: number }> {
  const reservationId = await held(core, userId, seatIds);
  const { value } = await payReservation(core, { userId, reservationId });
  return { reservationId, paymentId: value.paymentId };
}

/** The first element. @throws for an empty list */
export function firstOf<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error("the list is empty");
  return first;
}

/** How many results there are of each kind: "ok", or the code of the error. */
export function tallyOf(results: readonly PromiseSettledResult<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const result of results) {
    const name = result.status === "fulfilled" ? "ok" : codeOf(result.reason);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Waits for the promises. @returns how many results there are of each kind */
export async function tally(
  promises: readonly Promise<unknown>[],
): Promise<Record<string, number>> {
  return tallyOf(await Promise.allSettled(promises));
}

/** The code of a core error; name and message of any other error. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    return error.code;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
