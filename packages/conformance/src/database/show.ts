import type { CoreContext, SaleWindow, TakenNotification } from "@onsale/core";
import type { Act } from "../transactionRace.ts";
import { committed } from "../transactionRace.ts";

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;

/** A notification as its last sender has it, so that the mark of a case always counts. */
export const lastTaken = (id: number): TakenNotification => ({
  ...{ id, hiddenUntil: new Date("9000-01-01T00:00:00Z") },
});

let userCount = 0;

/** Returns the id of a user that no other case uses. */
export function newUserId(): number {
  userCount += 1;
  return 5_000_000 + userCount;
}

/** A performance that only one case uses, with its seats. */
export interface Show {
  readonly concertId: number;
  readonly performanceId: number;
  readonly startsAt: Date;
  /** The ids of the seats in ascending order. */
  readonly seatIds: readonly number[];
}

export interface ShowParts {
  readonly queueId?: string;
  readonly price?: number;
  readonly startsAt?: Date;
  readonly sale?: SaleWindow;
}

/** Creates a concert with one performance. Its seats are and so on. */
export async function newShow(
  core: CoreContext,
  seatCount: number,
  parts: ShowParts = {},
): Promise<Show> {
  const { queueId = "main", price = 100 } = parts;
  const startsAt = parts.startsAt ?? new Date(core.clock.nowMs() + 7 * 24 * HOUR_MS);
  const seats = Array.from({ length: seatCount }, (_unused, index) => ({
    seatNo: `A-${index + 1}`,
    section: "A",
    price,
  }));
  const made = await committed(core, async ({ catalog }, tx) => {
    const concertId = await catalog.insertConcert(tx, { title: "Rush", singer: "Ada", queueId });
    const show = { concertId, startsAt, venue: "Hall", ...parts.sale };
    const performanceId = await catalog.insertPerformance(tx, show);
    await catalog.insertSeats(tx, performanceId, seats);
    return { concertId, performanceId };
  });
  const rows = await core.seats.ofPerformance(null, made.performanceId);
  return { ...made, startsAt, seatIds: rows.map((row) => row.id) };
}

/** Creates a performance with one seat. @returns the id of the seat */
export async function newSeat(core: CoreContext): Promise<number> {
  return only((await newShow(core, 1)).seatIds);
}

export interface HoldParts {
  readonly reservationId: number;
  readonly seatIds: readonly number[];
  readonly userId?: number;
  readonly holdMs?: number;
}

/** Holds those of the seats that are free. Answers with their number. */
export function take(
  seatIds: readonly number[],
  reservationId: number,
  holdMs = HOUR_MS,
): Act<number> {
  return ({ seats, clock }, tx) =>
    seats.hold(tx, { seatIds, reservationId, expiresAt: new Date(clock.nowMs() + holdMs) });
}

/** Takes the seats and writes the reservation, as the workflow `holdSeats` does. */
export function hold(parts: HoldParts): Act<number> {
  const { reservationId, seatIds, userId = newUserId(), holdMs = HOUR_MS } = parts;
  return async ({ seats, reservations }, tx) => {
    const offered = await seats.offered(tx, seatIds, holdMs);
    const [first] = offered;
    if (!first) throw new Error("a seat does not exist");
    const { performanceId, expiresAt } = first;
    const count = await seats.hold(tx, { seatIds, reservationId, expiresAt });
    if (count !== seatIds.length) throw new Error("a seat is not free");
    await reservations.insert(tx, {
      id: reservationId,
      userId,
      performanceId,
      amount: offered.reduce((sum, seat) => sum + seat.price, 0),
      expiresAt,
      seats: offered.map(({ id, price, version }) => ({
        ...{ seatId: id, price },
        seatVersion: version + 1,
      })),
    });
    return reservationId;
  };
}

/** Commits a hold. @returns the id of the reservation */
export async function held(
  core: CoreContext,
  seatIds: readonly number[],
  parts: Pick<HoldParts, "userId" | "holdMs"> = {},
): Promise<number> {
  const reservationId = await core.idAllocator.next("reservation");
  return committed(core, hold({ reservationId, seatIds, ...parts }));
}

/** Commits a hold of a new seat. */
export async function heldSeat(
  core: CoreContext,
  parts: Pick<HoldParts, "userId" | "holdMs"> = {},
): Promise<{ seatId: number; reservationId: number }> {
  const seatId = await newSeat(core);
  return { seatId, reservationId: await held(core, [seatId], parts) };
}

/** Returns the only element of a list. Fails when the list has more or fewer. */
export function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined || list.length !== 1) throw new Error(`${list.length} are not one`);
  return first;
}
