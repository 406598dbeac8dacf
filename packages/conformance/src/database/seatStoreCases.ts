import type { OfferedSeat, SeatRow } from "@onsale/core";
import { expect } from "chai";
import { committed, failureOf } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import {
  HOUR_MS,
  held,
  hold,
  MINUTE_MS,
  newShow,
  newUserId,
  only,
  SECOND_MS,
  take,
} from "./show.ts";

/** An id that no seat has. */
const UNKNOWN_ID = 999_999_999;

/** Cases about hold, sale and release of seats. */
export function seatStoreCases(db: DatabaseUnderTest): void {
  describe("the seats in the database", () => {
    const holdSeats = (seatIds: readonly number[], reservationId: number, holdMs = HOUR_MS) =>
      committed(db.core, take(seatIds, reservationId, holdMs));
    const offeredSeats = (seatIds: readonly number[]): Promise<readonly OfferedSeat[]> =>
      committed(db.core, ({ seats }, tx) => seats.offered(tx, seatIds, MINUTE_MS));
    const confirm = (reservationId: number, seatCount = 1) =>
      committed(db.core, ({ seats }, tx) => seats.confirm(tx, reservationId, seatCount));
    const release = (reservationId: number, from: "HELD" | "SOLD") =>
      committed(db.core, ({ seats }, tx) => seats.release(tx, reservationId, from));
    const rowsOf = (seatIds: readonly number[]): Promise<readonly SeatRow[]> =>
      db.other.seats.find(null, seatIds);
    const statusesOf = async (seatIds: readonly number[]): Promise<string[]> =>
      (await rowsOf(seatIds)).map((row) => row.status);

    it("are AVAILABLE when they are new", async () => {
      const { seatIds, performanceId } = await newShow(db.core, 1, { price: 1_234 });
      expect(await rowsOf(seatIds)).to.deep.equal([
        {
          id: only(seatIds),
          performanceId,
          ...{ seatNo: "A-1", section: "A", row: undefined, accessible: false },
          price: 1_234,
          status: "AVAILABLE",
          reservationId: undefined,
          holdExpiresAt: undefined,
          userId: undefined,
          version: 0,
        },
      ]);
    });

    it("are held for the given time by the reservation, with a new version", async () => {
      const { seatIds } = await newShow(db.core, 3);
      expect(await holdSeats(seatIds.slice(0, 2), 42, MINUTE_MS)).to.equal(2);
      const [one, two, free] = await rowsOf(seatIds);
      for (const seat of [one, two]) {
        expect(seat).to.include({ status: "HELD", reservationId: 42, version: 1 });
        const leftMs = (seat?.holdExpiresAt?.getTime() ?? 0) - db.core.clock.nowMs();
        expect(leftMs).to.be.within(MINUTE_MS - 10 * SECOND_MS, MINUTE_MS + SECOND_MS);
      }
      expect(one?.holdExpiresAt).to.deep.equal(two?.holdExpiresAt);
      expect(free).to.include({ status: "AVAILABLE", version: 0 });
    });

    it("cannot be held while they are held, sold or unknown", async () => {
      const { seatIds } = await newShow(db.core, 3);
      const [mine, sold, free] = seatIds;
      if (!mine || !sold || !free) throw new Error("three seats were made");
      await holdSeats([mine], 42);
      const buyer = await held(db.core, [sold]);
      await confirm(buyer);
      const before = await rowsOf([mine, sold]);
      expect(await holdSeats([mine], 42), "by the same reservation").to.equal(0);
      expect(await holdSeats([mine], 43), "by another").to.equal(0);
      expect(await holdSeats([sold], 43), "when sold").to.equal(0);
      expect(await holdSeats([UNKNOWN_ID], 43), "when unknown").to.equal(0);
      expect(await holdSeats([...seatIds, UNKNOWN_ID], 43), "some of them").to.equal(1);
      expect(await statusesOf(seatIds)).to.deep.equal(["HELD", "SOLD", "HELD"]);
      expect((await rowsOf([mine]))[0]).to.include({ reservationId: 42, version: 1 });
      expect((await rowsOf([sold]))[0]).to.include({ reservationId: buyer });
      expect(await rowsOf([mine, sold]), "as they were").to.deep.equal(before);
    });

    it("can be taken over only after their hold expired", async () => {
      const { seatIds } = await newShow(db.core, 1);
      await holdSeats(seatIds, 42, MINUTE_MS);
      await db.passTime(MINUTE_MS - 10 * SECOND_MS);
      expect(await holdSeats(seatIds, 43)).to.equal(0);
      await db.passTime(11 * SECOND_MS);
      expect((await rowsOf(seatIds))[0]).to.include({ status: "HELD", reservationId: 42 });
      expect(await holdSeats(seatIds, 43)).to.equal(1);
      expect((await rowsOf(seatIds))[0]).to.include({ reservationId: 43, version: 2 });
    });

    it("are described by id, with the time at which a hold of now would expire", async () => {
      const parts = { queueId: "vip", startsAt: new Date("2031-05-06T07:08:09.123Z") };
      const show = await newShow(db.core, 2, parts);
      const { seatIds, performanceId } = show;
      const offered = await offeredSeats([...seatIds, UNKNOWN_ID]);
      const expiresAt = offered[0]?.expiresAt;
      const leftMs = (expiresAt?.getTime() ?? 0) - db.core.clock.nowMs();
      expect(leftMs).to.be.within(MINUTE_MS - 10 * SECOND_MS, MINUTE_MS + SECOND_MS);
      const rows = await rowsOf(seatIds);
      expect(offered).to.deep.equal(
        rows.map(({ id, seatNo }) => ({
          id,
          seatNo,
          ...{ section: "A", row: undefined, accessible: false },
          price: 100,
          performanceId,
          ...{ concertId: show.concertId, title: "Rush", singer: "Ada", venue: "Hall" },
          ...{ timeZone: "UTC", utcOffsetMinutes: 0 },
          queueId: "vip",
          performanceStartsAt: parts.startsAt,
          ...{ saleOpensAt: undefined, saleClosesAt: undefined, sale: "open" },
          seatsPerBuyerMax: undefined,
          version: 0,
          expiresAt,
          supersededReservationId: undefined,
        })),
      );
      expect(offered.map(({ id }) => id)).to.deep.equal(seatIds);
    });

    it("name the overdue reservation that held them before", async () => {
      const { seatIds } = await newShow(db.core, 2);
      const late = await held(db.core, seatIds.slice(0, 1), { holdMs: MINUTE_MS });
      await db.passTime(2 * MINUTE_MS);
      await holdSeats(seatIds, UNKNOWN_ID);
      const superseded = (await offeredSeats(seatIds)).map((seat) => seat.supersededReservationId);
      expect(superseded).to.deep.equal([late, undefined]);
      expect(await release(late, "HELD"), "seats that the old hold still has").to.equal(0);
      expect((await offeredSeats(seatIds))[0]?.supersededReservationId).to.equal(undefined);
    });

    it("can be taken by a new reservation after the old live link has ended", async () => {
      const { seatIds } = await newShow(db.core, 2);
      const late = await held(db.core, seatIds, { holdMs: MINUTE_MS });
      await db.passTime(2 * MINUTE_MS);
      const [one, two] = seatIds;
      if (!one || !two) throw new Error("two seats were made");
      const reservationId = await db.core.idAllocator.next("reservation");
      const takeOver = hold({ reservationId, seatIds: [one] });
      expect(await failureOf(committed(db.core, takeOver))).to.be.instanceOf(Error);
      await db.core.withTransaction(async (tx) => {
        await take([one], reservationId)(db.core, tx);
        expect(await db.core.seats.release(tx, late, "HELD"), "the rest of the old").to.equal(1);
        const [taken] = await db.core.seats.offered(tx, [one], HOUR_MS);
        if (!taken) throw new Error("it was taken");
        await db.core.reservations.insert(tx, {
          id: reservationId,
          userId: 1,
          performanceId: taken.performanceId,
          amount: taken.price,
          expiresAt: taken.expiresAt,
          seats: [{ seatId: one, price: taken.price, seatVersion: taken.version }],
        });
      });
      const rows = await rowsOf(seatIds);
      expect(rows.map((row) => row.status)).to.deep.equal(["HELD", "AVAILABLE"]);
      expect(rows.map((row) => row.version)).to.deep.equal([2, 2]);
      expect(await confirm(reservationId)).to.equal(1);
    });

    it("are sold once, by the reservation that holds them", async () => {
      const { seatIds } = await newShow(db.core, 3);
      const [beside, ...mine] = seatIds;
      if (!beside) throw new Error("three seats were made");
      const reservationId = await held(db.core, mine);
      await held(db.core, [beside]);
      expect(await confirm(reservationId, 2)).to.equal(2);
      const rows = await rowsOf(seatIds);
      expect(rows.map((row) => row.status)).to.deep.equal(["HELD", "SOLD", "SOLD"]);
      expect(rows[1]).to.include({ reservationId, holdExpiresAt: undefined, version: 1 });
      expect(await confirm(reservationId)).to.equal(0);
      expect(await confirm(UNKNOWN_ID)).to.equal(0);
    });

    it("are sold from an overdue hold too, because the reservation checks the expiry", async () => {
      const { seatIds } = await newShow(db.core, 1);
      const reservationId = await held(db.core, seatIds, { holdMs: MINUTE_MS });
      await db.passTime(HOUR_MS);
      expect(await confirm(reservationId)).to.equal(1);
    });

    for (const from of ["HELD", "SOLD"] as const) {
      it(`are released from ${from} with a new version`, async () => {
        const { seatIds } = await newShow(db.core, 2);
        const reservationId = await held(db.core, seatIds);
        if (from === "SOLD") await confirm(reservationId);
        expect(await release(reservationId, from)).to.equal(2);
        const back = { status: "AVAILABLE", reservationId: undefined, holdExpiresAt: undefined };
        for (const row of await rowsOf(seatIds)) expect(row).to.include({ ...back, version: 2 });
        expect(await release(reservationId, from), "a second time").to.equal(0);
        await held(db.core, seatIds);
      });
    }

    it("are not released from another state or by another reservation", async () => {
      const { seatIds } = await newShow(db.core, 1);
      const reservationId = await held(db.core, seatIds);
      await confirm(reservationId);
      expect(await release(UNKNOWN_ID, "SOLD")).to.equal(0);
      expect(await release(reservationId, "HELD")).to.equal(0);
      expect(await statusesOf(seatIds)).to.deep.equal(["SOLD"]);
    });

    it("are neither sold nor released by a live link with another version", async () => {
      const { seatIds, performanceId } = await newShow(db.core, 1);
      const seatId = only(seatIds);
      const id = await db.core.idAllocator.next("reservation");
      await db.core.withTransaction(async (tx) => {
        await take(seatIds, id)(db.core, tx);
        const seats = [{ seatId, price: 1, seatVersion: 2 }];
        const expiresAt = new Date(db.core.clock.nowMs() + HOUR_MS);
        const reservation = { id, userId: 1, performanceId, amount: 1, expiresAt, seats };
        await db.core.reservations.insert(tx, reservation);
      });
      expect(await confirm(id)).to.equal(0);
      expect(await release(id, "HELD")).to.equal(0);
      expect((await rowsOf(seatIds))[0]).to.include({ status: "HELD", version: 1 });
    });

    it("are neither sold nor released by a link that has ended", async () => {
      const { seatIds } = await newShow(db.core, 1);
      const reservationId = await held(db.core, seatIds);
      expect(await release(reservationId, "SOLD"), "ends the links alone").to.equal(0);
      expect(await confirm(reservationId)).to.equal(0);
      expect(await release(reservationId, "HELD")).to.equal(0);
      expect((await rowsOf(seatIds))[0]).to.include({ status: "HELD", reservationId });
    });

    it("are neither sold nor released by the live link of another reservation", async () => {
      const { seatIds, performanceId } = await newShow(db.core, 1);
      const seatId = only(seatIds);
      const [holder, linked] = [
        await db.core.idAllocator.next("reservation"),
        await db.core.idAllocator.next("reservation"),
      ];
      await db.core.withTransaction(async (tx) => {
        await take(seatIds, holder)(db.core, tx);
        const seats = [{ seatId, price: 1, seatVersion: 1 }];
        const expiresAt = new Date(db.core.clock.nowMs() + HOUR_MS);
        const reservation = { id: linked, userId: 1, performanceId, amount: 1, expiresAt, seats };
        await db.core.reservations.insert(tx, reservation);
      });
      for (const id of [holder, linked]) {
        expect(await confirm(id)).to.equal(0);
        expect(await release(id, "HELD")).to.equal(0);
        expect((await rowsOf(seatIds))[0]).to.include({ status: "HELD", reservationId: holder });
      }
    });

    it("are found with the buyer of their reservation", async () => {
      const { seatIds } = await newShow(db.core, 3);
      const [one = 0, two = 0, three = 0] = seatIds;
      const [ada, bob] = [newUserId(), newUserId()];
      await held(db.core, [one], { userId: ada, holdMs: HOUR_MS });
      const sold = await held(db.core, [two], { userId: bob, holdMs: HOUR_MS });
      await committed(db.core, ({ seats }, tx) => seats.confirm(tx, sold, 1));
      const users = async () => (await db.other.seats.find(null, seatIds)).map((row) => row.userId);
      expect(await users()).to.deep.equal([ada, bob, undefined]);
      await committed(db.core, ({ seats }, tx) => seats.release(tx, sold, "SOLD"));
      await held(db.core, [three], { userId: bob, holdMs: HOUR_MS });
      expect(await users()).to.deep.equal([ada, undefined, bob]);
    });

    it("are found in the order of their ids", async () => {
      const { seatIds, performanceId } = await newShow(db.core, 12);
      const asked = [UNKNOWN_ID, ...seatIds].reverse();
      expect((await rowsOf(asked)).map((row) => row.id)).to.deep.equal(seatIds);
      const all = await db.other.seats.ofPerformance(null, performanceId);
      const found = await rowsOf(seatIds);
      expect(found).to.deep.equal(all.map((row) => ({ ...row, userId: undefined })));
      expect(await db.other.seats.find(null, [UNKNOWN_ID])).to.deep.equal([]);
      expect(await db.other.seats.ofPerformance(null, UNKNOWN_ID)).to.deep.equal([]);
    });

    it("show a hold to its own transaction, and to others after the commit", async () => {
      const { seatIds, performanceId } = await newShow(db.core, 1);
      await db.core.withTransaction(async (tx) => {
        await take(seatIds, 42)(db.core, tx);
        expect((await db.core.seats.find(tx, seatIds))[0]?.status).to.equal("HELD");
        const [own] = await db.core.seats.ofPerformance(tx, performanceId);
        expect(own?.status).to.equal("HELD");
        expect(await statusesOf(seatIds)).to.deep.equal(["AVAILABLE"]);
      });
      expect(await statusesOf(seatIds)).to.deep.equal(["HELD"]);
    });
  });
}
