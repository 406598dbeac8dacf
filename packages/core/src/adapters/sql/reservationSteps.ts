import type { BuyerSeat, NewReservation, Reservation } from "../../ports/reservationStore.ts";
import type { Tx, TxOrNone } from "../../ports/transaction.ts";
import type { Database, SqlValues } from "./database.ts";
import { GroupSplitError } from "./group/groupErrors.ts";
import { ALONE, insertStep, type Step } from "./group/step.ts";
import {
  type Buyer,
  FIND,
  FREE_BUYERS,
  INSERT,
  INSERT_SEATS,
  KNOWN_BUYERS,
  LOCK_BUYERS,
  NEW_BUYERS,
  type PlainReservation,
  SEATS,
  SEATS_OF_BUYERS,
} from "./reservationStatements.ts";
import type { Transition } from "./reservationTransitions.ts";
import type { SqlQuery } from "./statement.ts";

/** Reads reservations, and their seats with a second statement. */
export async function readReservations(
  db: Database,
  tx: TxOrNone,
  statement: SqlQuery<PlainReservation>,
  values: SqlValues,
): Promise<Reservation[]> {
  const reservations = await db.select(tx, statement, values);
  if (reservations.length === 0) return [];
  const ids = reservations.map(({ id }) => id);
  const seats = await db.select(tx, SEATS, { ids });
  const seatsById = Map.groupBy(seats, ({ reservationId }) => reservationId);
  return reservations.map((reservation) => {
    const own = seatsById.get(reservation.id) ?? [];
    return { ...reservation, seats: own.map(({ seat }) => seat) };
  });
}

export const findReservation = (db: Database): Step<number, Reservation | undefined> => ({
  name: "reservations.find",
  one: async (tx, id) => (await readReservations(db, tx, FIND, { ids: [id] }))[0],
  async many(tx, ids) {
    const found = await readReservations(db, tx, FIND, { ids: [...new Set(ids)] });
    const byId = new Map(found.map((reservation) => [reservation.id, reservation]));
    return ids.map((id) => byId.get(id));
  },
  wrote: () => false,
});

export const insertReservation = (db: Database): Step<NewReservation, void> =>
  insertStep("reservations.insert", (tx, reservations) => insertAll(db, tx, reservations));

async function insertAll(
  db: Database,
  tx: Tx,
  reservations: readonly NewReservation[],
): Promise<void> {
  await db.change(tx, INSERT, {
    rows: reservations.map(({ id, userId, performanceId, amount, expiresAt }) => [
      ...[id, userId, performanceId, "PENDING", amount],
      expiresAt,
    ]),
  });
  const rows = reservations.flatMap(({ id, seats }) =>
    seats.map((seat) => [id, seat.seatId, seat.price, seat.seatVersion, 1]),
  );
  await db.change(tx, INSERT_SEATS, { rows });
}

interface MoveCall {
  readonly id: number;
  /** The version that the caller has read; undefined when it does not matter. */
  readonly version: number | undefined;
}

/** Moves reservations to another state. The result is false for one that cannot move. */
export const moveReservation = (
  db: Database,
  name: Step<MoveCall, boolean>["name"],
  transition: Transition,
): Step<MoveCall, boolean> => ({
  name,
  one: async (tx, { id, version }) =>
    (await db.change(tx, transition.move, version === undefined ? { id } : { id, version })) === 1,
  many: (tx, calls) => moveAll(db, tx, transition, calls),
  wrote: (moved) => moved,
});

/** Of two calls for one reservation, the first one at its version moves it. */
async function moveAll(
  db: Database,
  tx: Tx,
  { lock, find, moveAll: move, isFenced }: Transition,
  calls: readonly MoveCall[],
): Promise<readonly (boolean | typeof ALONE)[]> {
  const ids = [...new Set(calls.map(({ id }) => id))].sort((a, b) => a - b);
  const versions = calls.map(({ id, version }) => [id, version ?? null]);
  const valuesOf = (some: readonly number[]) =>
    isFenced ? { ids: some, versions } : { ids: some };
  const movable = await db.select(tx, lock, valuesOf(ids));
  const locked = new Map(movable.map(({ id, version }) => [id, version]));
  const others = ids.filter((id) => !locked.has(id));
  const found = others.length > 0 ? await db.select(tx, find, valuesOf(others)) : [];
  const skipped = new Set(found.map(({ id }) => id));
  // Fewer rows move when a hold has expired since its row was locked. Each member then runs alone.
  if (locked.size > 0 && (await db.change(tx, move, { ids: [...locked.keys()] })) !== locked.size) {
    throw new GroupSplitError();
  }
  return calls.map(({ id, version }) => {
    if (skipped.has(id)) return ALONE;
    const isRight = !isFenced || locked.get(id) === version;
    return isRight && locked.delete(id);
  });
}

/** Locks the counts of buyers, and reads their seats. */
export const lockBuyer = (db: Database): Step<Buyer, readonly BuyerSeat[]> => ({
  name: "reservations.lockSeatsOfBuyer",
  one: async (tx, buyer) => (await lockAndRead(db, tx, [buyer]))[0] ?? [],
  async many(tx, buyers) {
    const free = namesOf(await db.select(tx, FREE_BUYERS, { buyers: rowsOf(buyers) }));
    const others = buyers.filter((buyer) => !free.has(nameOf(buyer)));
    const skipped = namesOf(
      others.length > 0 ? await db.select(tx, KNOWN_BUYERS, { buyers: rowsOf(others) }) : [],
    );
    const missing = others.filter((buyer) => !skipped.has(nameOf(buyer)));
    if (missing.length > 0) await db.select(tx, NEW_BUYERS, { buyers: rowsOf(missing) });
    const own = buyers.filter((buyer) => !skipped.has(nameOf(buyer)));
    const seats = await lockAndRead(db, tx, own);
    const byBuyer = new Map(own.map((buyer, at) => [nameOf(buyer), seats[at] ?? []]));
    return buyers.map((buyer) => byBuyer.get(nameOf(buyer)) ?? ALONE);
  },
  // The row counts calls, and no statement reads the count.
  wrote: () => false,
});

/** @returns the seats of each buyer, in order */
async function lockAndRead(
  db: Database,
  tx: Tx,
  buyers: readonly Buyer[],
): Promise<readonly (readonly BuyerSeat[])[]> {
  if (buyers.length === 0) return [];
  const rows = rowsOf(buyers);
  await db.change(tx, LOCK_BUYERS, { rows: rows.map((row) => [...row, 1]) });
  const found = await db.select(tx, SEATS_OF_BUYERS, {
    userIds: buyers.map(({ userId }) => userId),
    buyers: rows,
  });
  const byBuyer = Map.groupBy(found, ({ buyer }) => nameOf(buyer));
  return buyers.map((buyer) => (byBuyer.get(nameOf(buyer)) ?? []).map(({ seat }) => seat));
}

const nameOf = ({ userId, performanceId }: Buyer): string => `${userId} ${performanceId}`;
const namesOf = (buyers: readonly Buyer[]): ReadonlySet<string> => new Set(buyers.map(nameOf));

/** The buyers in the order of the primary key, in which all transactions lock their rows. */
function rowsOf(buyers: readonly Buyer[]): (readonly [number, number])[] {
  return buyers
    .toSorted((a, b) => a.userId - b.userId || a.performanceId - b.performanceId)
    .map(({ userId, performanceId }) => [userId, performanceId]);
}
