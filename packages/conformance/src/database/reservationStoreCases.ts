import type { NewReservation, ReservationStatus } from "@onsale/core";
import { expect } from "chai";
import { type Act, committed, failureOf } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, held, heldSeat, MINUTE_MS, newSeat, newShow, newUserId, only } from "./show.ts";

const UNKNOWN_ID = 999_999_999;

export type Move = "confirm" | "cancel" | "expire" | "refund";
/** Moves a reservation at the version that is committed when the move begins. */
export const move =
  (name: Move, id: number): Act<boolean> =>
  async ({ reservations }, tx) => {
    if (name === "expire") return reservations.expire(tx, id);
    const found = await reservations.find(null, id);
    return reservations[name](tx, id, found?.version ?? 1);
  };

/** The transitions that lead to each state of a reservation. */
const WAYS: Readonly<Record<ReservationStatus | "OVERDUE", readonly Move[]>> = {
  PENDING: [],
  OVERDUE: [],
  CONFIRMED: ["confirm"],
  CANCELLED: ["cancel"],
  EXPIRED: ["expire"],
  REFUNDED: ["confirm", "refund"],
};

/** The allowed transitions of each state, with the state that follows. */
const MOVES: Readonly<Record<keyof typeof WAYS, Partial<Record<Move, ReservationStatus>>>> = {
  PENDING: { confirm: "CONFIRMED", cancel: "CANCELLED" },
  OVERDUE: { expire: "EXPIRED", cancel: "CANCELLED" },
  CONFIRMED: { refund: "REFUNDED" },
  CANCELLED: {},
  EXPIRED: {},
  REFUNDED: {},
};

/** Cases about writes, transitions and reads of reservations. */
export function reservationStoreCases(db: DatabaseUnderTest): void {
  describe("a reservation in the database", () => {
    const find = (id: number) => db.other.reservations.find(null, id);

    async function reservationIn(state: keyof typeof WAYS): Promise<number> {
      const { reservationId } = await heldSeat(db.core, { holdMs: HOUR_MS });
      if (state === "OVERDUE" || state === "EXPIRED") await db.passTime(HOUR_MS + MINUTE_MS);
      for (const name of WAYS[state]) {
        expect(await committed(db.core, move(name, reservationId)), name).to.equal(true);
      }
      return reservationId;
    }

    it("is found as it was written, with its performance, and its seats sorted by id", async () => {
      const startsAt = new Date("2031-05-06T07:08:09.123Z");
      const show = await newShow(db.core, 3, { queueId: "vip", startsAt });
      const { performanceId } = show;
      const seatIds = show.seatIds.slice(0, 2);
      const userId = newUserId();
      const id = await held(db.core, seatIds, { userId, holdMs: HOUR_MS });
      const found = await find(id);
      const [seat] = await db.core.seats.find(null, seatIds);
      expect(found).to.deep.include({
        id,
        userId,
        performanceId,
        ...{ concertId: show.concertId, title: "Rush", singer: "Ada", venue: "Hall" },
        ...{ timeZone: "UTC", utcOffsetMinutes: 0 },
        queueId: "vip",
        performanceStartsAt: startsAt,
        status: "PENDING",
        amount: 200,
        expiresAt: seat?.holdExpiresAt,
        version: 1,
        seats: seatIds.map((seatId, index) => ({
          ...{ seatId, seatNo: `A-${index + 1}`, section: "A", row: undefined, price: 100 },
        })),
        overdue: false,
      });
      const ageMs = db.core.clock.nowMs() - (found?.createdAt.getTime() ?? 0);
      expect(ageMs).to.be.within(-MINUTE_MS, MINUTE_MS);
    });

    it("keeps amounts, prices and times exactly", async () => {
      const { seatIds, performanceId } = await newShow(db.core, 1);
      const id = await db.core.idAllocator.next("reservation");
      const amount = Number.MAX_SAFE_INTEGER;
      const reservation: NewReservation = {
        id,
        userId: Number.MAX_SAFE_INTEGER,
        performanceId,
        amount,
        expiresAt: new Date("2032-01-02T03:04:05.006Z"),
        seats: [{ seatId: only(seatIds), price: amount, seatVersion: 1 }],
      };
      await committed(db.core, ({ reservations }, tx) => reservations.insert(tx, reservation));
      const found = await find(id);
      const { userId, expiresAt } = reservation;
      expect(found).to.deep.include({ userId, amount, expiresAt });
      expect(found?.seats[0]?.price).to.equal(amount);
    });

    it("is not found before it is written and committed", async () => {
      expect(await find(UNKNOWN_ID)).to.equal(undefined);
      const seatId = await newSeat(db.core);
      const id = await db.core.idAllocator.next("reservation");
      const [row] = await db.core.seats.find(null, [seatId]);
      const performanceId = row?.performanceId ?? 0;
      await db.core.withTransaction(async (tx) => {
        const seats = [{ seatId, price: 1, seatVersion: 1 }];
        const expiresAt = new Date(db.core.clock.nowMs());
        const reservation = { id, userId: 1, performanceId, amount: 1, expiresAt, seats };
        await db.core.reservations.insert(tx, reservation);
        expect((await db.core.reservations.find(tx, id))?.seats).to.have.length(1);
        expect(await find(id)).to.equal(undefined);
      });
      expect(await find(id)).to.include({ id });
    });

    it("is refused with the id or with a seat of another live reservation", async () => {
      const { seatId, reservationId } = await heldSeat(db.core);
      const { performanceId = 0 } = (await find(reservationId)) ?? {};
      const free = await newSeat(db.core);
      const insert = (id: number, seatIds: readonly number[]): Promise<void> => {
        const seats = seatIds.map((one) => ({ seatId: one, price: 1, seatVersion: 9 }));
        const expiresAt = new Date(db.core.clock.nowMs() + HOUR_MS);
        const reservation = { id, userId: 1, performanceId, amount: 1, expiresAt, seats };
        return committed(db.core, ({ reservations }, tx) => reservations.insert(tx, reservation));
      };
      expect(await failureOf(insert(reservationId, [free]))).to.be.instanceOf(Error);
      const next = await db.core.idAllocator.next("reservation");
      expect(await failureOf(insert(next, [free, seatId]))).to.be.instanceOf(Error);
      expect(await find(next)).to.equal(undefined);
      await committed(db.core, ({ seats }, tx) => seats.release(tx, reservationId, "HELD"));
      await insert(next, [free, seatId]);
      expect((await find(next))?.seats).to.have.length(2);
      expect((await find(reservationId))?.seats, "the past seat link").to.have.length(1);
    });

    for (const state of ["PENDING", "OVERDUE", "CONFIRMED"] as const) {
      for (const name of ["confirm", "cancel", "expire", "refund"] as const) {
        const to = MOVES[state][name];
        it(`that is ${state} ${to ? `becomes ${to} by` : "ignores"} ${name}`, async () => {
          const id = await reservationIn(state);
          const before = await find(id);
          expect(await committed(db.core, move(name, id))).to.equal(to !== undefined);
          const version = (before?.version ?? 0) + (to ? 1 : 0);
          expect(await find(id)).to.include({ status: to ?? before?.status, version });
          expect(await committed(db.core, move(name, id)), "again").to.equal(false);
        });
      }
    }

    for (const state of ["CANCELLED", "EXPIRED", "REFUNDED"] as const) {
      it(`that is ${state} does not change`, async () => {
        const id = await reservationIn(state);
        for (const name of ["confirm", "cancel", "expire", "refund"] as const) {
          expect(await committed(db.core, move(name, id)), name).to.equal(false);
        }
        expect(await find(id)).to.include({ status: state, version: WAYS[state].length + 1 });
      });
    }

    for (const name of ["confirm", "cancel", "refund"] as const) {
      it(`ignores ${name} at a version that it does not have`, async () => {
        const id = await reservationIn(name === "refund" ? "CONFIRMED" : "PENDING");
        const { version = 0, status } = (await find(id)) ?? {};
        for (const other of [version - 1, version + 1]) {
          const moved = committed(db.core, ({ reservations }, tx) =>
            reservations[name](tx, id, other),
          );
          expect(await moved, `version ${other}`).to.equal(false);
        }
        expect(await find(id)).to.include({ status, version });
      });
    }

    it("does not change when it is unknown", async () => {
      for (const name of ["confirm", "cancel", "expire", "refund"] as const) {
        expect(await committed(db.core, move(name, UNKNOWN_ID)), name).to.equal(false);
      }
    });

    it("is overdue only while it is PENDING after its expiry", async () => {
      const [pending, ended] = [await reservationIn("PENDING"), await reservationIn("CONFIRMED")];
      expect(await find(pending)).to.include({ overdue: false });
      await db.passTime(HOUR_MS + MINUTE_MS);
      expect(await find(pending)).to.include({ overdue: true, status: "PENDING" });
      expect(await find(ended)).to.include({ overdue: false });
    });
  });
}
