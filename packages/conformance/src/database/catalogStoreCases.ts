import { TwinSeatsError } from "@onsale/core";
import { expect } from "chai";
import { committed, failureOf } from "../transactionRace.ts";
import { useConcerts } from "./concertActs.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, held, MINUTE_MS, newShow, only, take } from "./show.ts";

const UNKNOWN_ID = 999_999_999;
const DAY_MS = 24 * HOUR_MS;

/** Cases about concerts, performances and the seats that a buyer can see. */
export function catalogStoreCases(db: DatabaseUnderTest): void {
  describe("concerts in the database", () => {
    const { insert, play, list, idsOf, ...acts } = useConcerts(db);
    /** The singer of all concerts of one case. No other case uses the same singer. */
    let singer: string;
    beforeEach("takes the singer of the case", () => {
      singer = acts.singer();
    });

    it("are found by id exactly as they were written", async () => {
      const text = `it's "100%" \\ | _ :limit ? -- ; é 표 \u{1F3AB}`;
      const id = await insert({ title: text, singer: `${text} ${singer}`, queueId: "vip-1" });
      const found = await db.other.catalog.findConcert(null, id);
      expect(found).to.deep.equal({
        id,
        title: text,
        singer: `${text} ${singer}`,
        queueId: "vip-1",
        startsAt: undefined,
        endsAt: undefined,
        startDate: undefined,
        endDate: undefined,
        ...{ availableSeats: 0, availableAccessibleSeats: 0 },
      });
      expect(await list()).to.deep.equal([found]);
      expect(await db.other.catalog.findConcert(null, UNKNOWN_ID)).to.equal(undefined);
    });

    it("are listed by id, page by page", async () => {
      const ids = [await insert({}), await insert({}), await insert({})];
      const [one = 0, two = 0, three = 0] = ids;
      expect(await idsOf()).to.deep.equal([one, two, three]);
      expect(ids).to.deep.equal(ids.toSorted((a, b) => a - b));
      expect(await idsOf({ limit: 2 })).to.deep.equal([one, two]);
      expect(await idsOf({ afterId: two })).to.deep.equal([three]);
      expect(await idsOf({ afterId: one, limit: 1 })).to.deep.equal([two]);
      expect(await idsOf({ afterId: three })).to.deep.equal([]);
      expect(await idsOf({ limit: 0 })).to.deep.equal([]);
    });

    it("are found by a part of the title or of the singer, in any case", async () => {
      const one = await insert({ title: "Summer Night", singer: `${singer} ADA` });
      const two = await insert({ title: "Midsummer", singer: `${singer} Bob` });
      const three = await insert({ title: "Winter 표" });
      expect(await idsOf({ title: "summer" })).to.deep.equal([one, two]);
      expect(await idsOf({ title: "SUMMER N" })).to.deep.equal([one]);
      expect(await idsOf({ title: "표" })).to.deep.equal([three]);
      expect(await idsOf({ title: "spring" })).to.deep.equal([]);
      expect(await idsOf({ title: "" })).to.deep.equal([one, two, three]);
      expect(await idsOf({ singer: `${singer.toLowerCase()} ada` })).to.deep.equal([one]);
      expect(await idsOf({ singer: `${singer} b`, title: "mid" })).to.deep.equal([two]);
      expect(await idsOf({ singer: `${singer} b`, title: "winter" })).to.deep.equal([]);
    });

    for (const sign of ["%", "_", "|", "\\", "'", '"', "?"]) {
      it(`are found by the character ${sign}, which is not a wildcard`, async () => {
        const id = await insert({ title: `50${sign}50` });
        await insert({ title: "50 50" });
        expect(await idsOf({ title: sign })).to.deep.equal([id]);
        expect(await idsOf({ title: `0${sign}5` })).to.deep.equal([id]);
        expect(await idsOf({ title: `5${sign}5` })).to.deep.equal([]);
      });
    }

    it("are found by time: at or after `from`, and before `until`", async () => {
      const noon = new Date("2031-05-06T12:00:00.000Z");
      const later = (ms: number): Date => new Date(noon.getTime() + ms);
      const [one, two, silent] = [await insert({}), await insert({}), await insert({})];
      await play(one, noon);
      await play(one, later(2 * DAY_MS));
      await play(two, later(DAY_MS));
      expect(await idsOf({ from: noon, until: later(1) })).to.deep.equal([one]);
      expect(await idsOf({ from: later(1), until: later(DAY_MS) })).to.deep.equal([]);
      expect(await idsOf({ from: later(1), until: later(DAY_MS + 1) })).to.deep.equal([two]);
      expect(await idsOf({ from: later(1) })).to.deep.equal([one, two]);
      expect(await idsOf({ from: later(DAY_MS + 1) })).to.deep.equal([one]);
      expect(await idsOf({ until: noon })).to.deep.equal([]);
      expect(await idsOf({ until: later(1) })).to.deep.equal([one]);
      expect(await idsOf()).to.deep.equal([one, two, silent]);
    });

    it("are found by time page by page, each once however many of its dates match", async () => {
      const noon = new Date("2031-05-06T12:00:00.000Z");
      const ids = [await insert({}), await insert({}), await insert({}), await insert({})];
      const [one = 0, two = 0, three = 0, four = 0] = ids;
      for (const id of [four, two, one, two, four]) await play(id, noon);
      await play(three, new Date(noon.getTime() + DAY_MS));
      const day = { from: noon, until: new Date(noon.getTime() + 1) };
      expect(await idsOf({ ...day, limit: 2 })).to.deep.equal([one, two]);
      expect(await idsOf({ ...day, afterId: two, limit: 2 })).to.deep.equal([four]);
      expect(await idsOf({ ...day, afterId: four })).to.deep.equal([]);
      expect(await idsOf({ ...day, limit: 0 })).to.deep.equal([]);
      expect(await idsOf({ ...day, title: "another" })).to.deep.equal([]);
    });

    it("are found with only a start or only an end, however far away in time", async () => {
      const [past, future] = [await insert({}), await insert({})];
      await play(past, new Date("1000-01-01T00:00:00.000Z"));
      await play(future, new Date("9999-12-31T23:59:59.999Z"));
      const today = new Date("2031-05-06T12:00:00.000Z");
      expect(await idsOf({ from: today })).to.deep.equal([future]);
      expect(await idsOf({ until: today })).to.deep.equal([past]);
    });

    it("are found when a limit of the search is outside the range of DATETIME", async () => {
      const [past, future] = [await insert({}), await insert({})];
      await play(past, new Date("1000-01-01T00:00:00.000Z"));
      await play(future, new Date("9999-12-31T23:59:59.999Z"));
      const [before, after] = [new Date("-000001-12-31"), new Date("+010000-01-01")];
      expect(await idsOf({ until: after })).to.deep.equal([past, future]);
      expect(await idsOf({ from: before })).to.deep.equal([past, future]);
      expect(await idsOf({ from: before, until: after })).to.deep.equal([past, future]);
      expect(await idsOf({ from: after })).to.deep.equal([]);
      expect(await idsOf({ until: before })).to.deep.equal([]);
    });

    it("have their first and last date, even when the filter excludes those dates", async () => {
      const [first, last] = ["2031-05-06T12:00:00.001Z", "2031-06-06T12:00:00.999Z"];
      const id = await insert({});
      for (const date of [last, first, "2031-05-20T12:00:00Z"]) await play(id, new Date(date));
      const times = { startsAt: new Date(first), endsAt: new Date(last) };
      expect(only(await list())).to.deep.include(times);
      const june = { from: new Date("2031-06-01T00:00:00Z") };
      expect(only(await list(june))).to.deep.include({ ...times, id });
    });

    it("are listed to their own transaction before the commit", async () => {
      await db.core.withTransaction(async (tx) => {
        const { catalog } = db.core;
        const concert = { title: "Rush", singer, queueId: "main" };
        const id = await catalog.insertConcert(tx, concert);
        expect(await catalog.findConcert(tx, id)).to.include(concert);
        expect(await catalog.listConcerts(tx, { singer, limit: 9 })).to.have.length(1);
        expect(await idsOf()).to.deep.equal([]);
      });
      expect(await idsOf()).to.have.length(1);
    });
  });

  describe("performances in the database", () => {
    it("are found by id and by concert, earliest first, with the title", async () => {
      const { catalog } = db.core;
      const dates = [
        "2031-05-07T19:30:00.250Z",
        "2031-05-06T19:30:00Z",
        "2031-05-07T19:30:00.250Z",
      ];
      const { concertId, ids } = await db.core.withTransaction(async (tx) => {
        const concert = { title: "Rush % 표", singer: "Ada", queueId: "vip" };
        const made = await catalog.insertConcert(tx, concert);
        const performances: number[] = [];
        for (const date of dates) {
          const show = { concertId: made, startsAt: new Date(date), venue: "Hall 'A'" };
          performances.push(await catalog.insertPerformance(tx, show));
        }
        return { concertId: made, ids: performances };
      });
      const [late = 0, soon = 0, twin = 0] = ids;
      const known = {
        ...{ concertId, queueId: "vip", title: "Rush % 표", venue: "Hall 'A'" },
        ...{ saleOpensAt: undefined, saleClosesAt: undefined, seatsPerBuyerMax: undefined },
        ...{ timeZone: "UTC", utcOffsetMinutes: 0 },
      };
      const startsAt = new Date("2031-05-07T19:30:00.250Z");
      const found = await db.other.catalog.findPerformance(null, late);
      expect(found).to.deep.equal({ id: late, startsAt, ...known });
      const all = await db.other.catalog.performancesOf(null, concertId);
      expect(all.map(({ id }) => id)).to.deep.equal([soon, late, twin]);
      expect(all[1]).to.deep.equal({
        ...{ ...found, availableSeats: 0, availableAccessibleSeats: 0 },
      });
      expect(await catalog.findPerformance(null, UNKNOWN_ID)).to.equal(undefined);
      expect(await catalog.performancesOf(null, UNKNOWN_ID)).to.deep.equal([]);
    });
  });

  describe("the seats of a performance", () => {
    const seatsOf = (performanceId: number) => db.other.catalog.seatsOf(null, performanceId);
    const freeIn = (performanceId: number) => db.other.catalog.freeSeatIds(null, performanceId);

    it("are inserted by the thousand, in the given order", async () => {
      const { performanceId } = await newShow(db.core, 2_500);
      const seats = await seatsOf(performanceId);
      expect(seats.map(({ seatNo }) => seatNo)).to.deep.equal(
        Array.from({ length: 2_500 }, (_unused, index) => `A-${index + 1}`),
      );
      const ids = seats.map(({ id }) => id);
      expect(ids).to.deep.equal(ids.toSorted((a, b) => a - b));
    });

    it("are an empty list for a performance without seats", async () => {
      const { performanceId } = await newShow(db.core, 0);
      expect(await seatsOf(performanceId)).to.deep.equal([]);
      expect(await seatsOf(UNKNOWN_ID)).to.deep.equal([]);
      expect(await freeIn(UNKNOWN_ID)).to.deep.equal([]);
    });

    it("may have equal numbers only in different performances", async () => {
      const { performanceId } = await newShow(db.core, 2);
      const [fresh, taken] = ["B-1", "A-2"].map((seatNo) => ({ seatNo, section: "A", price: 1 }));
      if (!fresh || !taken) throw new Error("there are two");
      const twins = committed(db.core, ({ catalog }, tx) =>
        catalog.insertSeats(tx, performanceId, [fresh, taken]),
      );
      expect(await failureOf(twins)).to.be.instanceOf(TwinSeatsError);
      expect(await seatsOf(performanceId)).to.have.length(2);
      await newShow(db.core, 2);
    });

    it("are listed by id, with their price, and are free when they can be held", async () => {
      const show = await newShow(db.core, 4, { price: 1_000_000_000 });
      const { seatIds, performanceId, concertId } = show;
      const [free = 0, living = 0, overdue = 0, sold = 0] = seatIds;
      await held(db.core, [overdue], { holdMs: MINUTE_MS });
      await held(db.core, [living], { holdMs: HOUR_MS });
      const reservationId = await held(db.core, [sold], { holdMs: MINUTE_MS });
      await committed(db.core, ({ seats }, tx) => seats.confirm(tx, reservationId, 1));
      const counted = async (): Promise<(number | undefined)[]> => [
        (await freeIn(performanceId)).length,
        (await db.other.catalog.performancesOf(null, concertId))[0]?.availableSeats,
        (await db.other.catalog.findConcert(null, concertId))?.availableSeats,
      ];
      expect(await counted()).to.deep.equal([1, 1, 1]);
      await db.passTime(2 * MINUTE_MS);
      expect(await freeIn(performanceId)).to.deep.equal([free, overdue]);
      const price = 1_000_000_000;
      expect(await seatsOf(performanceId)).to.deep.equal(
        seatIds.map((id, index) => ({
          ...{ id, seatNo: `A-${index + 1}`, section: "A", row: undefined },
          ...{ price, accessible: false },
        })),
      );
      expect(await counted()).to.deep.equal([2, 2, 2]);
    });

    it("are free to other transactions until a hold commits", async () => {
      const { seatIds, performanceId } = await newShow(db.core, 2);
      const [one = 0, two = 0] = seatIds;
      await db.core.withTransaction(async (tx) => {
        await take([one], 42)(db.core, tx);
        expect(await db.core.catalog.freeSeatIds(tx, performanceId)).to.deep.equal([two]);
        expect(await freeIn(performanceId)).to.deep.equal([one, two]);
      });
      expect(await freeIn(performanceId)).to.deep.equal([two]);
    });
  });
}
