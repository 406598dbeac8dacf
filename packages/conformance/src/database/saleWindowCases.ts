import type { CoreContext, OfferedSeat, SaleWindow, Tx } from "@onsale/core";
import { expect } from "chai";
import { answerAfterWaiting, committed } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, newShow, SECOND_MS } from "./show.ts";

const UNKNOWN_ID = 999_999_999;

/** The sale window of a performance, and changes of concerts and performances. */
export function saleWindowCases(db: DatabaseUnderTest): void {
  windowCases(db);
  offerCases(db);
  changeCases(db);
}

function windowCases(db: DatabaseUnderTest): void {
  const find = (id: number) => db.other.catalog.findPerformance(null, id);
  const inHours = (hours: number) => new Date(db.core.clock.nowMs() + hours * HOUR_MS);
  const offered = async (seatIds: readonly number[]): Promise<OfferedSeat | undefined> => {
    const [seat] = await committed(db.core, ({ seats }, tx) => seats.offered(tx, seatIds, 1));
    return seat;
  };
  const saleOf = async (sale: SaleWindow): Promise<unknown> =>
    (await offered((await newShow(db.core, 1, { sale })).seatIds))?.sale;

  describe("a sale window", () => {
    it("is found with the performance and its seats, to the millisecond", async () => {
      const sale = {
        saleOpensAt: new Date("2031-05-01T10:00:00.001Z"),
        saleClosesAt: new Date("2031-05-06T12:00:00.999Z"),
      };
      const { performanceId, concertId, seatIds } = await newShow(db.core, 1, { sale });
      expect(await find(performanceId)).to.deep.include(sale);
      const [listed] = await db.other.catalog.performancesOf(null, concertId);
      expect(listed).to.deep.include(sale);
      expect(await offered(seatIds)).to.deep.include({ ...sale, sale: "ahead" });
    });

    it("is open between its ends, by the database's clock", async () => {
      const [ago, ahead] = [inHours(-1), inHours(1)];
      const found = await Promise.all([
        saleOf({}),
        saleOf({ saleOpensAt: ago, saleClosesAt: ahead }),
        saleOf({ saleOpensAt: ahead }),
        saleOf({ saleClosesAt: ago }),
        saleOf({ saleOpensAt: inHours(-2), saleClosesAt: ago }),
      ]);
      expect(found).to.deep.equal(["open", "open", "ahead", "over", "over"]);
    });

    it("opens and closes as time passes", async () => {
      const sale = { saleOpensAt: inHours(1), saleClosesAt: inHours(3) };
      const { seatIds } = await newShow(db.core, 1, { sale });
      const now = async () => (await offered(seatIds))?.sale;
      const seen = [await now()];
      for (let hour = 0; hour < 2; hour += 1) {
        await db.passTime(2 * HOUR_MS);
        seen.push(await now());
      }
      expect(seen).to.deep.equal(["ahead", "open", "over"]);
    });

    it("closes immediately when it is open, and keeps an end that has passed", async () => {
      const { performanceId } = await newShow(db.core, 1, { sale: { saleClosesAt: inHours(1) } });
      const close = (id: number) =>
        committed(db.core, ({ catalog }, tx) => catalog.closeSale(tx, id));
      expect(await close(performanceId)).to.equal(true);
      const closed = await find(performanceId);
      const agoMs = db.core.clock.nowMs() - (closed?.saleClosesAt?.getTime() ?? 0);
      expect(agoMs).to.be.within(-SECOND_MS, 10 * SECOND_MS);
      await db.passTime(SECOND_MS);
      expect(await close(performanceId)).to.equal(false);
      expect((await find(performanceId))?.saleOpensAt).to.equal(undefined);
      expect(await close(UNKNOWN_ID)).to.equal(false);
    });
  });
}

function offerCases(db: DatabaseUnderTest): void {
  const inHours = (hours: number) => new Date(db.core.clock.nowMs() + hours * HOUR_MS);

  describe("free seats", () => {
    it("are counted and listed until the sale closes or the performance begins", async () => {
      const shows = {
        open: { sale: { saleOpensAt: inHours(-1), saleClosesAt: inHours(1) } },
        ahead: { sale: { saleOpensAt: inHours(1) } },
        over: { sale: { saleClosesAt: inHours(-1) } },
        begun: { startsAt: inHours(-1) },
      };
      const counted: Record<string, readonly (number | undefined)[]> = {};
      for (const [name, parts] of Object.entries(shows)) {
        const { performanceId, concertId } = await newShow(db.core, 2, parts);
        const { catalog } = db.other;
        counted[name] = [
          (await catalog.freeSeatIds(null, performanceId)).length,
          (await catalog.performancesOf(null, concertId))[0]?.availableSeats,
          (await catalog.findConcert(null, concertId))?.availableSeats,
          (await catalog.seatsOf(null, performanceId)).length,
        ];
      }
      expect(counted).to.deep.equal({
        ...{ open: [2, 2, 2, 2], ahead: [2, 2, 2, 2] },
        ...{ over: [0, 0, 0, 2], begun: [0, 0, 0, 2] },
      });
    });
  });
}

function changeCases(db: DatabaseUnderTest): void {
  const find = (id: number) => db.other.catalog.findPerformance(null, id);
  const inHours = (hours: number) => new Date(db.core.clock.nowMs() + hours * HOUR_MS);

  describe("changes of a concert", () => {
    it("replace title and singer of this concert only", async () => {
      const [one, other] = [await newShow(db.core, 1), await newShow(db.core, 1)];
      const texts = { title: "It's 100% \u{1F3AB}", singer: "표" };
      const update = (id: number) =>
        committed(db.core, ({ catalog }, tx) => catalog.updateConcert(tx, id, texts));
      expect(await update(one.concertId)).to.equal(true);
      expect(await update(one.concertId), "the same again").to.equal(true);
      expect(await db.other.catalog.findConcert(null, one.concertId)).to.include(texts);
      const beside = await db.other.catalog.findConcert(null, other.concertId);
      expect(beside).to.include({ title: "Rush", singer: "Ada" });
      expect(await update(UNKNOWN_ID)).to.equal(false);
    });

    it("replace start, venue, sale window and limit of this performance only", async () => {
      const sale = { saleOpensAt: inHours(1), saleClosesAt: inHours(2) };
      const [one, other] = [await newShow(db.core, 1, { sale }), await newShow(db.core, 1)];
      const details = {
        ...{ startsAt: new Date("2031-05-06T12:00:00.250Z"), venue: "Dome" },
        ...{ saleOpensAt: undefined, saleClosesAt: new Date("2031-05-05T12:00:00.000Z") },
        seatsPerBuyerMax: 2,
      };
      const update = (id: number) =>
        committed(db.core, ({ catalog }, tx) => catalog.updatePerformance(tx, id, details));
      expect(await update(one.performanceId)).to.equal(true);
      expect(await update(one.performanceId), "the same again").to.equal(true);
      expect(await find(one.performanceId)).to.deep.include(details);
      const [offer] = await committed(db.core, ({ seats }, tx) =>
        seats.offered(tx, one.seatIds, 1),
      );
      expect(offer).to.include({ seatsPerBuyerMax: 2 });
      expect(await find(other.performanceId)).to.include({
        ...{ venue: "Hall", seatsPerBuyerMax: undefined },
      });
      expect(await update(UNKNOWN_ID)).to.equal(false);
    });

    it("of a locked performance wait until the other transaction has ended", async () => {
      const { performanceId } = await newShow(db.core, 1);
      const lock = ({ catalog }: CoreContext, tx: Tx) => catalog.lockPerformance(tx, performanceId);
      const close = ({ catalog }: CoreContext, tx: Tx) => catalog.closeSale(tx, performanceId);
      const race = { first: lock, end: "commit", second: close } as const;
      expect(await answerAfterWaiting(db, race)).to.equal(true);
      expect(await committed(db.core, lock)).to.deep.equal(await find(performanceId));
      const unknown = committed(db.core, ({ catalog }, tx) =>
        catalog.lockPerformance(tx, UNKNOWN_ID),
      );
      expect(await unknown).to.equal(undefined);
    });
  });
}
