import { type CoreContext, type ReservationSale, systemIds, type Tx } from "@onsale/core";
import { expect } from "chai";
import {
  answerAfterWaiting,
  answerAtOnce,
  besideOpen,
  committed,
  ENDS,
} from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { useBucket } from "./outboxBucket.ts";
import { HOUR_MS, held, hold, MINUTE_MS, newShow, newUserId } from "./show.ts";

const NO_SALE = { held: 0, sold: 0, revenue: 0 };

/** Cases about the tables of the sales projection. */
export function salesStoreCases(db: DatabaseUnderTest): void {
  describe("the sales projection in the database", () => {
    /** A counted hold of one seat of a performance that no other case uses. */
    async function counted(parts: Partial<ReservationSale> = {}): Promise<ReservationSale> {
      const { performanceId } = await newShow(db.core, 1);
      const reservationId = await db.core.idAllocator.next("reservation");
      const sale = { reservationId, performanceId, version: 1, held: 1, sold: 0, revenue: 0 };
      const row = { ...sale, ...parts };
      expect(await insert(row)).to.equal(1);
      return row;
    }
    const insert = (...rows: readonly ReservationSale[]) =>
      committed(db.core, ({ sales }, tx) => sales.insert(tx, rows));
    const rangeOf = ({ reservationId }: ReservationSale) => ({
      after: reservationId - 1,
      upTo: reservationId,
    });
    const read = async (row: ReservationSale) =>
      (await db.other.sales.counted(null, rangeOf(row)))[0];
    const lock =
      ({ reservationId }: ReservationSale) =>
      ({ sales }: CoreContext, tx: Tx) =>
        sales.lock(tx, [reservationId]);
    const sold = (row: ReservationSale, version = 2): ReservationSale => ({
      ...row,
      ...{ version, held: 0, sold: 1, revenue: 100 },
    });
    const figuresOf = async (performanceId: number) =>
      (await db.other.sales.list(null, performanceId - 1, 1))[0];

    it("keeps the first row of a reservation", async () => {
      const row = await counted();
      expect(await insert(sold(row))).to.equal(0);
      expect(await read(row)).to.deep.equal(row);
    });

    it("replaces a row of a lower version only, and of this reservation only", async () => {
      const [row, other] = [await counted(), await counted()];
      const advance = (sale: ReservationSale) =>
        committed(db.core, ({ sales }, tx) => sales.advance(tx, sale));
      expect(await advance(sold(row))).to.equal(true);
      expect(await read(row)).to.deep.equal(sold(row));
      expect(await advance({ ...row, version: 2 })).to.equal(false);
      expect(await advance(row)).to.equal(false);
      expect(await read(row)).to.deep.equal(sold(row));
      expect(await read(other)).to.deep.equal(other);
    });

    for (const end of ENDS) {
      it(`lets a second reader wait for the ${end} of the first`, async () => {
        const row = await counted();
        const race = {
          first: async (core: CoreContext, tx: Tx) => {
            await lock(row)(core, tx);
            return core.sales.advance(tx, sold(row));
          },
          ...{ end, second: lock(row) },
        };
        const found = await answerAfterWaiting(db, race);
        expect(found).to.deep.equal([end === "commit" ? sold(row) : row]);
      });
    }

    it("locks a range in the order of the ids, and nothing beside it", async () => {
      const rows = [await counted(), await counted(), await counted()];
      const [first, second, third] = rows.map((row) => row.reservationId);
      await besideOpen(db.core, async (open) => {
        const range = { after: first ?? 0, upTo: second ?? 0 };
        const found = await open.act(({ sales }, tx) => sales.lockRange(tx, range));
        expect(found).to.deep.equal(rows.slice(1, 2));
        const others = await committed(db.other, ({ sales }, tx) =>
          sales.lock(tx, [first ?? 0, third ?? 0]),
        );
        expect(others).to.deep.equal([rows[0], rows[2]]);
      });
      const all = await committed(db.core, ({ sales }, tx) =>
        sales.lockRange(tx, { after: (first ?? 0) - 1, upTo: third ?? 0 }),
      );
      expect(all).to.deep.equal(rows);
    });

    it("locks these rows in the order of the ids, and nothing beside them", async () => {
      const rows = [await counted(), await counted(), await counted()];
      const [first = 0, second = 0, third = 0] = rows.map((row) => row.reservationId);
      await besideOpen(db.core, async (open) => {
        const found = await open.act(({ sales }, tx) => sales.lock(tx, [third, first, -1]));
        expect(found).to.deep.equal([rows[0], rows[2]]);
        const beside = (core: CoreContext, tx: Tx) => core.sales.lock(tx, [second]);
        expect(await committed(db.other, beside)).to.deep.equal(rows.slice(1, 2));
      });
      const race = {
        first: ({ sales }: CoreContext, tx: Tx) => sales.lock(tx, [third]),
        end: "commit" as const,
        second: ({ sales }: CoreContext, tx: Tx) => sales.lock(tx, [first, third]),
      };
      expect(await answerAfterWaiting(db, race)).to.deep.equal([rows[0], rows[2]]);
      expect(await committed(db.core, ({ sales }, tx) => sales.lock(tx, []))).to.deep.equal([]);
    });

    it("lets a locked range wait for the row of another transaction", async () => {
      const row = await counted();
      const second = ({ sales }: CoreContext, tx: Tx) => sales.lockRange(tx, rangeOf(row));
      const race = { first: lock(row), end: "commit" as const, second };
      expect(await answerAfterWaiting(db, race)).to.deep.equal([row]);
      const free = await counted();
      const locked = { first: lock(free), second: lock(row) };
      expect(await answerAtOnce(db, locked)).to.deep.equal([row]);
    });

    it("removes the rows of these reservations only", async () => {
      const [row, other] = [await counted(), await counted()];
      await committed(db.core, ({ sales }, tx) => sales.remove(tx, [row.reservationId]));
      expect(await read(row)).to.equal(undefined);
      expect(await read(other)).to.deep.equal(other);
      await committed(db.core, ({ sales }, tx) => sales.remove(tx, []));
    });

    it("adds figures to those of the performance, below zero too", async () => {
      const { performanceId } = await newShow(db.core, 1);
      const other = await newShow(db.core, 1);
      const add = (of: number, change: typeof NO_SALE) =>
        committed(db.core, ({ sales }, tx) => sales.add(tx, { performanceId: of, ...change }));
      await add(performanceId, { held: 2, sold: 0, revenue: 0 });
      await add(other.performanceId, { held: 1, sold: 0, revenue: 0 });
      await add(performanceId, { held: -3, sold: 2, revenue: 2_000_000_000_000 });
      expect(await figuresOf(performanceId)).to.deep.include({
        ...{ performanceId, title: "Rush", held: -1, sold: 2, revenue: 2_000_000_000_000 },
      });
      expect(await figuresOf(other.performanceId)).to.include({ held: 1, sold: 0 });
    });

    it("reads reservations with the number of their seats, page by page", async () => {
      const { seatIds, performanceId } = await newShow(db.core, 3);
      const [a = 0, b = 0, c = 0] = seatIds;
      const first = await held(db.core, [a, b]);
      const second = await held(db.core, [c]);
      const facts = { performanceId, version: 1, status: "PENDING" };
      const range = await db.core.sales.nextRange(null, first - 1, 1);
      expect(range).to.deep.equal({ after: first - 1, upTo: first, isLast: false });
      expect(await db.core.sales.actual(null, range)).to.deep.equal([
        { ...facts, reservationId: first, amount: 200, seats: 2 },
      ]);
      const rest = await db.core.sales.nextRange(null, first, 10);
      expect(rest.isLast).to.equal(true);
      expect(await db.core.sales.actual(null, rest)).to.deep.equal([
        { ...facts, reservationId: second, amount: 100, seats: 1 },
      ]);
      expect(await db.core.sales.lastReservationId(null)).to.equal(second);
    });

    it("finds the messages that the consumer will still get", async () => {
      const { seatIds } = await newShow(db.core, 4);
      const ids: number[] = [];
      for (const seatId of seatIds) {
        const reservationId = await db.core.idAllocator.next("reservation");
        ids.push(reservationId);
        const messageId = systemIds.uuid();
        await committed(db.core, async (core, tx) => {
          await hold({ reservationId, seatIds: [seatId], userId: newUserId() })(core, tx);
          const event = { type: "reservation.held", payload: {}, bucket: 0 } as const;
          const of = { aggregateType: "reservation", aggregateId: reservationId } as const;
          await core.outbox.append(tx, [{ ...event, ...of, messageId, aggregateVersion: 1 }]);
          if (ids.length === 2) await core.inbox.record(tx, "projection", messageId);
          if (ids.length === 3) await core.inbox.record(tx, "another", messageId);
        });
      }
      const [first = 0, , third = 0, fourth = 0] = ids;
      const coming = await db.core.sales.comingMessages(null, "projection", ids.slice(0, 3));
      const waits = { version: 1, publishedAgoMs: undefined };
      expect(coming.toSorted((x, y) => x.reservationId - y.reservationId)).to.deep.equal([
        { reservationId: first, ...waits },
        { reservationId: third, ...waits },
      ]);
      expect(await db.core.sales.comingMessages(null, "projection", [])).to.deep.equal([]);
      expect(await db.core.sales.comingMessages(null, "projection", [fourth])).to.have.length(1);
    });

    describe("of a published message", () => {
      const bucket = useBucket(db);

      it("knows the time since its latest publication, also after a replay", async () => {
        const message = bucket.message();
        await bucket.append(message);
        const id = await bucket.idOf(message);
        const coming = async () => {
          const ids = [message.aggregateId];
          return (await db.other.sales.comingMessages(null, "projection", ids))[0];
        };
        expect(await coming()).to.include({ version: 1, publishedAgoMs: undefined });
        await bucket.publishDue();
        await db.passTime(HOUR_MS);
        expect((await coming())?.publishedAgoMs).to.be.within(HOUR_MS, HOUR_MS + MINUTE_MS);
        const by = { jobId: "job", withinMs: 2 * HOUR_MS };
        await committed(db.core, ({ outboxAdmin }, tx) => outboxAdmin.replay(tx, [id], by));
        expect(await coming()).to.include({ publishedAgoMs: undefined });
        await bucket.publishDue();
        expect((await coming())?.publishedAgoMs).to.be.within(0, MINUTE_MS);
      });
    });

    it("compares the figures of a performance with the sum of its reservations", async () => {
      const row = await counted({ held: 2 });
      const { performanceId, reservationId } = row;
      const second = { ...sold(row), reservationId: reservationId + 1_000_000 };
      await insert(second);
      const summed = { held: 2, sold: 1, revenue: 100 };
      const mine = () =>
        db.other.sales.different(null, { after: performanceId - 1, upTo: performanceId });
      expect(await mine()).to.deep.equal([{ performanceId, ...NO_SALE, summed }]);
      const locked = await committed(db.core, ({ sales }, tx) =>
        sales.lockTotals(tx, performanceId),
      );
      expect(locked).to.deep.equal({ performanceId, ...NO_SALE, summed });
      await committed(db.core, ({ sales }, tx) =>
        sales.setTotals(tx, { performanceId, ...summed }),
      );
      expect(await mine()).to.deep.equal([]);
      await committed(db.core, ({ sales }, tx) =>
        sales.remove(tx, [reservationId, second.reservationId]),
      );
      expect(await mine()).to.deep.equal([{ performanceId, ...summed, summed: NO_SALE }]);
    });

    it("sets and locks the figures of one performance only", async () => {
      const [one, two] = [await newShow(db.core, 1), await newShow(db.core, 1)];
      const lockTotals =
        (performanceId: number) =>
        ({ sales }: CoreContext, tx: Tx) =>
          sales.lockTotals(tx, performanceId);
      await committed(db.core, lockTotals(one.performanceId));
      await committed(db.core, lockTotals(two.performanceId));
      const figures = { performanceId: one.performanceId, held: 1, sold: 2, revenue: 3 };
      await committed(db.core, ({ sales }, tx) => sales.setTotals(tx, figures));
      expect(await figuresOf(two.performanceId)).to.include(NO_SALE);
      const first = lockTotals(one.performanceId);
      const second = ({ sales }: CoreContext, tx: Tx) => sales.add(tx, figures);
      await answerAfterWaiting(db, { first, end: "commit", second });
      expect(await figuresOf(one.performanceId)).to.include({ held: 2, sold: 4, revenue: 6 });
      const apart = { first, second: lockTotals(two.performanceId) };
      expect(await answerAtOnce(db, apart)).to.include(NO_SALE);
    });

    it("lists performances page by page", async () => {
      const shows = [await newShow(db.core, 1), await newShow(db.core, 1)];
      const [first = 0, second = 0] = shows.map(({ performanceId }) => performanceId);
      expect(await db.core.sales.nextPerformanceIds(null, first - 1, 2)).to.deep.equal([
        ...[first, second],
      ]);
      expect(await db.core.sales.nextPerformanceIds(null, first, 1)).to.deep.equal([second]);
      expect(await db.core.sales.nextPerformanceIds(null, second, 5)).to.deep.equal([]);
    });
  });
}
