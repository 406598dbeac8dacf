import type { NewHold, OfferedSeat, SeatOfBuyer } from "../../ports/seatStore.ts";
import type { Tx } from "../../ports/transaction.ts";
import { statementParts } from "../shared/statementParts.ts";
import type { Database } from "./database.ts";
import { onlyValue, requireAll } from "./group/jointly.ts";
import { ALONE, type Step } from "./group/step.ts";
import {
  CONFIRM,
  END_LIVE_LINKS,
  FIND,
  FREE_SEATS,
  HOLD,
  LIVE_LINKS,
  LOCK,
  OFFERED,
  RELEASE,
} from "./seatStatements.ts";

/** Locks free seats. Of several members, the first that finds all of its seats gets them. */
export const lockSeats = (db: Database): Step<readonly number[], readonly number[]> => ({
  name: "seats.lock",
  one: (tx, seatIds) => db.select(tx, LOCK, { seatIds }),
  async many(tx, calls) {
    const seatIds = [...new Set(calls.flat())].sort((a, b) => a - b);
    const free = new Set(await inParts(seatIds, (part) => db.select(tx, LOCK, { seatIds: part })));
    return calls.map((wanted) => {
      const found = wanted.filter((id) => free.has(id));
      if (found.length === wanted.length) for (const id of wanted) free.delete(id);
      return found;
    });
  },
  wrote: () => false,
});

export const findSeats = (db: Database): Step<readonly number[], readonly SeatOfBuyer[]> => ({
  name: "seats.find",
  one: (tx, seatIds) => db.select(tx, FIND, { seatIds }),
  many: (tx, calls) => readForEach(calls, (seatIds) => db.select(tx, FIND, { seatIds })),
  wrote: () => false,
});

interface OfferCall {
  readonly seatIds: readonly number[];
  readonly holdMs: number;
}

export const readOffered = (db: Database): Step<OfferCall, readonly OfferedSeat[]> => ({
  name: "seats.offered",
  one: (tx, { seatIds, holdMs }) => db.select(tx, OFFERED, { seatIds, holdUs: holdMs * 1000 }),
  async many(tx, calls) {
    const holdUs = onlyValue(calls.map(({ holdMs }) => holdMs)) * 1000;
    const wanted = calls.map(({ seatIds }) => seatIds);
    return readForEach(wanted, (seatIds) => db.select(tx, OFFERED, { seatIds, holdUs }));
  },
  wrote: () => false,
});

/** @returns the number of seats that were held */
export const holdSeats = (db: Database): Step<NewHold, number> => ({
  name: "seats.hold",
  one: (tx, hold) => holdAll(db, tx, [hold]),
  async many(tx, calls) {
    const counts = calls.map(({ seatIds }) => seatIds.length);
    requireAll(await holdAll(db, tx, calls), counts);
    return counts;
  },
  wrote: (count) => count > 0,
});

async function holdAll(db: Database, tx: Tx, holds: readonly NewHold[]): Promise<number> {
  const seats = holds.flatMap(({ seatIds, reservationId, expiresAt }) =>
    seatIds.map((seatId) => ({ seatId, reservationId, expiresAt })),
  );
  const byExpiry = Map.groupBy(seats, ({ expiresAt }) => expiresAt.getTime());
  let count = 0;
  for (const [expiresAtMs, some] of byExpiry) {
    count += await db.change(tx, HOLD, {
      seatIds: some.map(({ seatId }) => seatId),
      reservationIds: some.map(({ reservationId }) => reservationId),
      expiresAt: new Date(expiresAtMs),
    });
  }
  return count;
}

interface ConfirmCall {
  readonly reservationId: number;
  readonly seatCount: number;
}

/** @returns the number of seats that were sold */
export const confirmSeats = (db: Database): Step<ConfirmCall, number> => ({
  name: "seats.confirm",
  one: (tx, { reservationId }) => db.change(tx, CONFIRM, { reservationIds: [reservationId] }),
  async many(tx, calls) {
    const counts = calls.map(({ seatCount }) => seatCount);
    const reservationIds = calls.map(({ reservationId }) => reservationId);
    requireAll(await db.change(tx, CONFIRM, { reservationIds }), counts);
    return counts;
  },
  wrote: (count) => count > 0,
});

interface ReleaseCall {
  readonly reservationId: number;
  readonly from: "HELD" | "SOLD";
}

/** @returns the number of seats that were released */
export const releaseSeats = (db: Database): Step<ReleaseCall, number> => ({
  name: "seats.release",
  one: (tx, call) => releaseOne(db, tx, call),
  async many(tx, calls) {
    const reservationIds = calls.map(({ reservationId }) => reservationId);
    const links = await db.select(tx, LIVE_LINKS, { reservationIds });
    const seatIds = links.map(({ seatId }) => seatId).sort((a, b) => a - b);
    const lock = (part: readonly number[]) => db.select(tx, FREE_SEATS, { seatIds: part });
    const free = new Set(await inParts(seatIds, lock));
    const locked = links.filter(({ seatId }) => !free.has(seatId));
    const skipped = new Set(locked.map(({ reservationId }) => reservationId));
    const counts: (number | typeof ALONE)[] = [];
    for (const call of calls) {
      counts.push(skipped.has(call.reservationId) ? ALONE : await releaseOne(db, tx, call));
    }
    return counts;
  },
  wrote: () => true,
});

async function releaseOne(
  db: Database,
  tx: Tx,
  { reservationId, from }: ReleaseCall,
): Promise<number> {
  const released = await db.change(tx, RELEASE, { reservationId, from });
  await db.change(tx, END_LIVE_LINKS, { reservationId });
  return released;
}

/** Reads the seats of all calls with one statement. @returns the seats of each call */
async function readForEach<Seat extends { readonly id: number }>(
  calls: readonly (readonly number[])[],
  read: (seatIds: readonly number[]) => Promise<readonly Seat[]>,
): Promise<readonly (readonly Seat[])[]> {
  const seats = await inParts([...new Set(calls.flat())], read);
  const byId = new Map(seats.map((seat) => [seat.id, seat]));
  return calls.map((seatIds) => seatIds.flatMap((id) => byId.get(id) ?? []));
}

/**
 * Seats of one SELECT. MariaDB makes a table of a list of 1,000 values, and may then read and lock
 * all seats.
 */
const SEATS_OF_SELECT_MAX = 500;

async function inParts<T>(
  seatIds: readonly number[],
  select: (part: readonly number[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (const part of statementParts(seatIds, SEATS_OF_SELECT_MAX)) {
    found.push(...(await select(part)));
  }
  return found;
}
