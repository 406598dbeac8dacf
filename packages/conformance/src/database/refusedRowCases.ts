import type { NewConcert, NewPerformance, NewSeat } from "@onsale/core";
import { expect } from "chai";
import { committed, failureOf } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { newShow } from "./show.ts";

/**
 * A column and a value that the column refuses. The value is `unknown`, because a caller in
 * JavaScript can ignore the types of the store.
 */
type Refused = readonly [column: string, what: string, value: unknown];

const CONCERTS: readonly Refused[] = [
  ["title", "nothing", undefined],
  ["title", "NULL", null],
  ["title", "201 characters", "x".repeat(201)],
  ["title", "an object", { text: "Rush" }],
  ["singer", "NULL", null],
  ["singer", "201 characters", "x".repeat(201)],
  ["queueId", "letters beyond ASCII", "mäin"],
  ["queueId", "65 characters", "x".repeat(65)],
];
const PERFORMANCES: readonly Refused[] = [
  ["startsAt", "no time", new Date(Number.NaN)],
  ["startsAt", "a time after the year 9999", new Date("+010000-01-01T00:00:00.000Z")],
  ["startsAt", "a time before the year 0", new Date("-000001-12-31T23:59:59.999Z")],
  ["venue", "NULL", null],
  ["venue", "201 characters", "x".repeat(201)],
];
const SEATS: readonly Refused[] = [
  ["seatNo", "NULL", null],
  ["seatNo", "33 characters", "x".repeat(33)],
  ["section", "nothing", undefined],
  ["section", "NULL", null],
  ["section", "65 characters", "x".repeat(65)],
  ["price", "nothing", undefined],
  ["price", "-1", -1],
  ["price", "no number", Number.NaN],
];

/** Cases about rows that the columns refuse when a caller skips the validation of the workflows. */
export function refusedRowCases(db: DatabaseUnderTest): void {
  describe("a row with a value that its column refuses", () => {
    const broken = <Row extends object>(row: Row, [column, , value]: Refused): Row =>
      Object.assign(row, { [column]: value });

    for (const refused of CONCERTS) {
      it(`is refused as a concert: ${refused[1]} for ${refused[0]}`, async () => {
        const concert: NewConcert = { title: "Rush", singer: "Ada", queueId: "main" };
        const work = committed(db.core, async ({ catalog }, tx) =>
          catalog.insertConcert(tx, broken(concert, refused)),
        );
        expect(await failureOf(work)).to.be.instanceOf(Error);
      });
    }

    for (const refused of PERFORMANCES) {
      it(`is refused as a performance: ${refused[1]} for ${refused[0]}`, async () => {
        const { concertId, startsAt } = await newShow(db.core, 0);
        const show: NewPerformance = { concertId, startsAt, venue: "Hall" };
        const work = committed(db.core, async ({ catalog }, tx) =>
          catalog.insertPerformance(tx, broken(show, refused)),
        );
        expect(await failureOf(work)).to.be.instanceOf(Error);
        const kept = await db.other.catalog.performancesOf(null, concertId);
        expect(kept).to.have.length(1);
      });
    }

    for (const refused of SEATS) {
      it(`is refused with all seats of the call: ${refused[1]} for ${refused[0]}`, async () => {
        const { performanceId } = await newShow(db.core, 0);
        const seats: NewSeat[] = ["1", "2"].map((seatNo) => ({ seatNo, section: "A", price: 1 }));
        const [fine, other] = seats;
        if (!fine || !other) throw new Error("there are two");
        const work = committed(db.core, async ({ catalog }, tx) =>
          catalog.insertSeats(tx, performanceId, [fine, broken(other, refused)]),
        );
        expect(await failureOf(work)).to.be.instanceOf(Error);
        expect(await db.other.catalog.seatsOf(null, performanceId)).to.deep.equal([]);
      });
    }
  });

  describe("a row with the longest values of its columns", () => {
    it("is accepted, because columns count characters and years have four digits", async () => {
      const title = "\u{1F3AB}".repeat(200);
      const startsAt = new Date("9999-12-31T23:59:59.000Z");
      const concertId = await committed(db.core, async ({ catalog }, tx) => {
        const made = await catalog.insertConcert(tx, { title, singer: title, queueId: "main" });
        await catalog.insertPerformance(tx, { concertId: made, startsAt, venue: title });
        return made;
      });
      const [performance] = await db.other.catalog.performancesOf(null, concertId);
      expect(performance).to.include({ title, venue: title });
      expect(performance?.startsAt).to.deep.equal(startsAt);
    });
  });
}
