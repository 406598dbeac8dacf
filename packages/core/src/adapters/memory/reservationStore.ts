import type {
  BuyerSeat,
  Reservation,
  ReservationStatus,
  ReservationStore,
} from "../../ports/reservationStore.ts";
import type { Tx, TxOrNone } from "../../ports/transaction.ts";
import { reservationStates } from "../../reservation/reservationStates.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import type { ReservationRow } from "./database/rows.ts";
import type { Statement } from "./database/statement.ts";
import { keyOf } from "./database/tables.ts";
import { dateOf, usOf } from "./times.ts";

/** A reservation as the first of two reads finds it. */
type WithoutSeats = Omit<Reservation, "seats">;

/** When the hold must live, or must be over, for the move. */
type HoldIs = "alive" | "over" | "anything";

const newestFirst = (a: ReservationRow, b: ReservationRow): number =>
  b.createdAtUs - a.createdAtUs || b.id - a.id;
const soonestFirst = (a: ReservationRow, b: ReservationRow): number =>
  a.expiresAtUs - b.expiresAtUs || a.id - b.id;

/** Reservations in memory. */
export function memoryReservationStore(db: MemoryDb): ReservationStore {
  const { reservations, reservationSeats } = db.tables;
  return {
    async insert(tx, { id, userId, performanceId, amount, expiresAt, seats }) {
      await db.run(tx, "reservations.insert:reservation", (s) =>
        s.insert(reservations, {
          id,
          userId,
          performanceId,
          status: "PENDING",
          amount,
          expiresAtUs: usOf(expiresAt),
          version: 1,
          createdAtUs: s.nowUs,
          updatedAtUs: s.nowUs,
        }),
      );
      const links = seats.map((seat) => ({ ...seat, reservationId: id, live: 1 as const }));
      await db.run(tx, "reservations.insert:seats", (s) => s.insertAll(reservationSeats, links));
    },

    find: async (tx, id) =>
      (await read(db, tx, "reservations.find", (s) => s.read(reservations.of([id]))))[0],

    confirm: move(db, "confirm", "PENDING", "CONFIRMED", "alive"),
    cancel: move(db, "cancel", "PENDING", "CANCELLED", "anything"),
    expire: move(db, "expire", "PENDING", "EXPIRED", "over"),
    refund: move(db, "refund", "CONFIRMED", "REFUNDED", "anything"),

    async lockOverdue(tx, max) {
      const locked = await db.run(tx, "reservations.lockOverdue", (s) =>
        s.lock(
          reservations.by("status", "PENDING"),
          (row) => row.status === "PENDING" && row.expiresAtUs <= s.nowUs,
          { wait: "skip", walk: { order: soonestFirst, max } },
        ),
      );
      return locked.map(({ id }) => id);
    },

    lockSeatsOfBuyer: (tx, userId, performanceId) =>
      lockSeatsOfBuyer(db, tx, userId, performanceId),

    pendingOfQueue: (tx, userId, queueId, max) =>
      db.run(tx, "reservations.pendingOfQueue", (s) =>
        s
          .where(reservations, "user", userId)
          .filter(({ status }) => status === "PENDING")
          .flatMap((row) => present(db, s, row))
          .filter((row) => row.queueId === queueId)
          .map(({ id }) => id)
          .sort((a, b) => a - b)
          .slice(0, max),
      ),

    ofUser: (tx, userId, { beforeId, limit }) =>
      read(db, tx, "reservations.ofUser", (s) => {
        const rows = s.where(reservations, "user", userId).sort(newestFirst);
        if (beforeId === undefined) return rows.slice(0, limit);
        const mark = s.find(reservations, beforeId);
        if (mark?.userId !== userId) return [];
        return rows.filter((row) => newestFirst(mark, row) < 0).slice(0, limit);
      }),
  };
}

async function lockSeatsOfBuyer(
  db: MemoryDb,
  tx: Tx,
  userId: number,
  performanceId: number,
): Promise<BuyerSeat[]> {
  const { reservations, reservationSeats, seatAllowances } = db.tables;
  await db.run(tx, "reservations.lockSeatsOfBuyer:lock", async (s) => {
    const isNew = await s.insert(seatAllowances, { userId, performanceId, holds: 1 }, "lock");
    if (isNew) return;
    await s.update(
      seatAllowances,
      seatAllowances.of([keyOf(userId, performanceId)]),
      () => true,
      (row) => ({ ...row, holds: row.holds + 1 }),
    );
  });
  return db.run(tx, "reservations.lockSeatsOfBuyer:seats", (s) =>
    s
      .where(reservations, "user", userId)
      .filter((row) => row.performanceId === performanceId)
      .sort((a, b) => a.id - b.id)
      .flatMap(({ id, status, expiresAtUs }) => {
        if (status !== "PENDING" && status !== "CONFIRMED") return [];
        const overdue = status === "PENDING" && expiresAtUs <= s.nowUs;
        return s
          .where(reservationSeats, "reservation", id)
          .filter(({ live }) => live === 1)
          .map(() => ({ reservationId: id, status, overdue }));
      }),
  );
}

/** A conditional move along the transition table; its count decides. */
function move(
  db: MemoryDb,
  name: string,
  from: ReservationStatus,
  to: ReservationStatus,
  holdIs: HoldIs,
): (tx: Tx, id: number) => Promise<boolean> {
  reservationStates.requireMove(from, to);
  const { reservations } = db.tables;
  return async (tx, id) => {
    const moved = await db.run(tx, `reservations.${name}`, (s) =>
      s.update(
        reservations,
        reservations.of([id]),
        (row) => row.status === from && isAsAsked(holdIs, row.expiresAtUs, s.nowUs),
        (row) => ({ ...row, status: to, version: row.version + 1, updatedAtUs: s.nowUs }),
      ),
    );
    return moved === 1;
  };
}

function isAsAsked(holdIs: HoldIs, expiresAtUs: number, nowUs: number): boolean {
  if (holdIs === "anything") return true;
  return expiresAtUs > nowUs === (holdIs === "alive");
}

/** Reads reservations, and their seats in a second statement. */
async function read(
  db: MemoryDb,
  tx: TxOrNone,
  point: string,
  select: (s: Statement) => ReservationRow[],
): Promise<Reservation[]> {
  const rows = await db.run(tx, `${point}:reservations`, (s) =>
    select(s).flatMap((row) => present(db, s, row)),
  );
  if (rows.length === 0) return [];
  return db.run(tx, `${point}:seats`, (s) =>
    rows.map((row) => ({ ...row, seats: seatsOf(db, s, row.id) })),
  );
}

function present({ tables }: MemoryDb, s: Statement, row: ReservationRow): WithoutSeats[] {
  const performance = s.find(tables.performances, row.performanceId);
  const concert = performance && s.find(tables.concerts, performance.concertId);
  if (!concert) return [];
  return [
    {
      id: row.id,
      userId: row.userId,
      performanceId: row.performanceId,
      queueId: concert.queueId,
      performanceStartsAt: dateOf(performance.startsAtUs),
      status: row.status,
      amount: row.amount,
      expiresAt: dateOf(row.expiresAtUs),
      createdAt: dateOf(row.createdAtUs),
      version: row.version,
      overdue: row.status === "PENDING" && row.expiresAtUs <= s.nowUs,
    },
  ];
}

function seatsOf({ tables }: MemoryDb, s: Statement, id: number): Reservation["seats"] {
  return s
    .where(tables.reservationSeats, "reservation", id)
    .sort((a, b) => a.seatId - b.seatId)
    .flatMap(({ seatId, price }) => {
      const seat = s.find(tables.seats, seatId);
      return seat ? [{ seatId, seatNo: seat.seatNo, price }] : [];
    });
}
