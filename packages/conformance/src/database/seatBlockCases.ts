import { expect } from "chai";
import {
  type Act,
  besideOpen,
  committed,
  expectAtOnce,
  expectWaiting,
  failureOf,
} from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, held, MINUTE_MS, newShow, take } from "./show.ts";

/** Cases about seats that the box office keeps back, and about the places of seats. */
export function seatBlockCases(db: DatabaseUnderTest): void {
  describe("seats that are kept back", () => {
    blockCases(db);
    blockRaceCases(db);
  });
  placeCases(db);
  countCases(db);
}

const block =
  (seatIds: readonly number[], reason = "camera"): Act<number> =>
  ({ seats }, tx) =>
    seats.block(tx, seatIds, reason);
const unblock =
  (seatIds: readonly number[]): Act<number> =>
  ({ seats }, tx) =>
    seats.unblock(tx, seatIds);

function blockCases(db: DatabaseUnderTest): void {
  const statuses = async (seatIds: readonly number[]) =>
    (await db.other.seats.find(null, seatIds)).map(({ status }) => status);

  it("are not for sale until they are returned, and keep their reason", async () => {
    const { seatIds, performanceId } = await newShow(db.core, 3);
    const [one = 0, two = 0, three = 0] = seatIds;
    expect(await committed(db.core, block([one, two]))).to.equal(2);
    expect(await statuses(seatIds)).to.deep.equal(["BLOCKED", "BLOCKED", "AVAILABLE"]);
    expect(await db.other.catalog.freeSeatIds(null, performanceId)).to.deep.equal([three]);
    expect(await committed(db.core, take([one, three], 999_999))).to.equal(1);
    const locked = await committed(db.core, ({ seats }, tx) => seats.lock(tx, seatIds));
    expect(locked).to.deep.equal([]);
    const blocks = await db.other.seats.blocks(null, performanceId);
    expect(blocks.map(({ seatId, seatNo, reason }) => [seatId, seatNo, reason])).to.deep.equal([
      [one, "A-1", "camera"],
      [two, "A-2", "camera"],
    ]);
    const ageMs = db.core.clock.nowMs() - (blocks[0]?.blockedAt.getTime() ?? 0);
    expect(ageMs).to.be.within(-MINUTE_MS, MINUTE_MS);
    expect(await committed(db.core, unblock([two]))).to.equal(1);
    expect(await db.other.seats.blocks(null, performanceId)).to.have.length(1);
    await held(db.core, [two]);
  });

  it("are only free ones, and only blocked ones are returned", async () => {
    const { seatIds } = await newShow(db.core, 2);
    const [taken = 0, free = 0] = seatIds;
    await held(db.core, [taken]);
    let count = 0;
    const failed = db.core.withTransaction(async (tx) => {
      count = await block(seatIds)(db.core, tx);
      throw new Error("the caller rolls back");
    });
    expect(await failureOf(failed)).to.be.instanceOf(Error);
    expect(count).to.equal(1);
    expect(await statuses(seatIds)).to.deep.equal(["HELD", "AVAILABLE"]);
    expect(await committed(db.core, unblock(seatIds))).to.equal(0);
    expect(await committed(db.core, block([free]))).to.equal(1);
    expect(await committed(db.core, unblock([free]))).to.equal(1);
    expect(await committed(db.core, block([free], "again"))).to.equal(1);
    const [seat] = await db.other.seats.find(null, [free]);
    expect(seat).to.include({ version: 3, reservationId: undefined });
  });
}

function blockRaceCases(db: DatabaseUnderTest): void {
  it("wait for a buyer who takes a seat, and are skipped by later buyers", async () => {
    const { seatIds } = await newShow(db.core, 1);
    await besideOpen(db.core, async (buyer) => {
      await buyer.act(take(seatIds, 999_998));
      const waiting = committed(db.other, block(seatIds));
      const refused = waiting.catch(() => 0);
      await expectWaiting(db.other, waiting);
      await buyer.end("rollback");
      expect(await refused).to.equal(1);
    });
    await committed(db.core, unblock(seatIds));
    await besideOpen(db.other, async (operator) => {
      await operator.act(block(seatIds));
      const lock = committed(db.core, ({ seats }, tx) => seats.lock(tx, seatIds));
      expect(await expectAtOnce(db.core, lock)).to.deep.equal([]);
      await operator.end("commit");
    });
    expect((await db.other.seats.find(null, seatIds))[0]?.status).to.equal("BLOCKED");
  });

  it("are blocked once by two operators, with the reason of the first", async () => {
    const { seatIds, performanceId } = await newShow(db.core, 2);
    await besideOpen(db.core, async (first) => {
      await first.act(block(seatIds.slice(0, 1), "camera"));
      let count = 0;
      const second = db.other.withTransaction(async (tx) => {
        count = await block(seatIds, "sponsor")(db.other, tx);
        throw new Error("the caller rolls back");
      });
      await expectWaiting(db.other, second);
      await first.end("commit");
      expect(await failureOf(second)).to.have.property("message", "the caller rolls back");
      expect(count).to.equal(1);
    });
    const blocks = await db.other.seats.blocks(null, performanceId);
    expect(blocks.map(({ reason }) => reason)).to.deep.equal(["camera"]);
  });
}

function placeCases(db: DatabaseUnderTest): void {
  describe("the place of a seat", () => {
    it("is in every read of the seat", async () => {
      const { concertId, startsAt } = await newShow(db.core, 0);
      const place = { section: "Floor", row: "A", accessible: true };
      const performanceId = await committed(db.core, async ({ catalog }, tx) => {
        const made = await catalog.insertPerformance(tx, { concertId, startsAt, venue: "Dome" });
        const seat = { seatNo: "F A-1", price: 5 };
        await catalog.insertSeats(tx, made, [
          { ...seat, ...place },
          { ...seat, seatNo: "old", section: "Floor" },
        ]);
        return made;
      });
      const unknown = { section: "Floor", row: undefined, accessible: false };
      const rows = await db.other.seats.ofPerformance(null, performanceId);
      const seatIds = rows.map(({ id }) => id);
      const offered = await committed(db.core, ({ seats }, tx) => seats.offered(tx, seatIds, 1));
      const listed = await db.other.catalog.seatsOf(null, performanceId);
      for (const [first, second] of [rows, offered, listed]) {
        expect(first).to.include(place);
        expect(second).to.include(unknown);
      }
      const reservationId = await held(db.core, seatIds);
      const found = await db.other.reservations.find(null, reservationId);
      expect(found?.seats.map(({ section, row }) => [section, row])).to.deep.equal([
        ["Floor", "A"],
        ["Floor", undefined],
      ]);
    });
  });
}

function countCases(db: DatabaseUnderTest): void {
  describe("the counts of free seats", () => {
    it("have accessible seats apart, and none that is kept back, held or sold", async () => {
      const { concertId, startsAt } = await newShow(db.core, 0);
      const seats = ["A", "B"].flatMap((row) =>
        [1, 2, 3, 4, 5].map((number) => ({
          ...{ seatNo: `${row}-${number}`, section: "Floor", price: 5 },
          accessible: row === "B",
        })),
      );
      const performanceId = await committed(db.core, async ({ catalog }, tx) => {
        const made = await catalog.insertPerformance(tx, { concertId, startsAt, venue: "Dome" });
        await catalog.insertSeats(tx, made, seats);
        return made;
      });
      const rows = await db.other.seats.ofPerformance(null, performanceId);
      const idOf = new Map(rows.map(({ seatNo, id }) => [seatNo, id]));
      const idsOf = (...seatNos: string[]) => seatNos.map((seatNo) => idOf.get(seatNo) ?? 0);
      const counted = async () => {
        const { catalog } = db.other;
        const shown = await catalog.performancesOf(null, concertId);
        const all = [
          shown.find(({ id }) => id === performanceId),
          await catalog.findConcert(null, concertId),
        ];
        const listed = (await catalog.freeSeatIds(null, performanceId)).length;
        return [...all.map((one) => [one?.availableSeats, one?.availableAccessibleSeats]), listed];
      };
      expect(await counted()).to.deep.equal([[5, 5], [5, 5], 10]);
      await committed(db.core, ({ seats }, tx) => seats.block(tx, idsOf("A-1", "B-1"), "camera"));
      await held(db.core, idsOf("A-2", "B-2"), { holdMs: HOUR_MS });
      await held(db.core, idsOf("B-3"), { holdMs: MINUTE_MS });
      const sold = await held(db.core, idsOf("B-4"));
      await committed(db.core, ({ seats }, tx) => seats.confirm(tx, sold, 1));
      expect(await counted()).to.deep.equal([[3, 1], [3, 1], 4]);
      await db.passTime(2 * MINUTE_MS);
      expect(await counted()).to.deep.equal([[3, 2], [3, 2], 5]);
      const saleClosesAt = new Date(db.core.clock.nowMs() - HOUR_MS);
      const over = { startsAt, venue: "Dome", saleClosesAt };
      await committed(db.core, ({ catalog }, tx) =>
        catalog.updatePerformance(tx, performanceId, over),
      );
      expect(await counted()).to.deep.equal([[0, 0], [0, 0], 0]);
    });
  });
}
