import { expect } from "chai";
import { committed, failureOf } from "../transactionRace.ts";
import { useConcerts } from "./concertActs.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { newShow, only } from "./show.ts";

const LOS_ANGELES = "America/Los_Angeles";
const DAY_MS = 24 * 60 * 60 * 1000;

/** Dates of performances, and filters by date, by the time on the wall of the venue. */
export function venueTimeCases(db: DatabaseUnderTest): void {
  const { insert, idsOf, list } = useConcerts(db);

  async function play(startsAt: string, timeZone: string): Promise<number> {
    const concertId = await insert({});
    const show = { concertId, startsAt: new Date(startsAt), venue: "Hall", timeZone };
    await committed(db.core, ({ catalog }, tx) => catalog.insertPerformance(tx, show));
    return concertId;
  }
  const on = (date: string) => {
    const from = new Date(`${date}T00:00:00Z`);
    return idsOf({ from, until: new Date(from.getTime() + DAY_MS) });
  };

  describe("the date of a performance", () => {
    it("is that of its venue, and the filter by date finds it there only", async () => {
      const id = await play("2026-12-26T03:30:00Z", LOS_ANGELES);
      expect(await on("2026-12-25")).to.deep.equal([id]);
      expect(await on("2026-12-26")).to.deep.equal([]);
      expect(only(await list())).to.include({ startDate: "2026-12-25", endDate: "2026-12-25" });
    });

    it("is that of its venue at the ends of the day, in every direction from UTC", async () => {
      const zones = {
        "Pacific/Kiritimati": ["2026-12-24T10:00:00.000Z", "2026-12-25T09:59:59.999Z"],
        "Asia/Kathmandu": ["2026-12-24T18:15:00.000Z", "2026-12-25T18:14:59.999Z"],
        UTC: ["2026-12-25T00:00:00.000Z", "2026-12-25T23:59:59.999Z"],
        "Pacific/Pago_Pago": ["2026-12-25T11:00:00.000Z", "2026-12-26T10:59:59.999Z"],
      };
      const ids: number[] = [];
      for (const [zone, times] of Object.entries(zones)) {
        for (const time of times) ids.push(await play(time, zone));
      }
      expect(await on("2026-12-25")).to.deep.equal(ids);
      expect(await on("2026-12-24")).to.deep.equal([]);
      expect(await on("2026-12-26")).to.deep.equal([]);
    });

    it("follows the clocks in the nights in which they change", async () => {
      const nights = [
        // The hour from 01:00 to 02:00 comes twice.
        await play("2026-11-01T08:30:00Z", LOS_ANGELES),
        await play("2026-11-01T09:30:00Z", LOS_ANGELES),
        // The last minute of a day of 25 hours.
        await play("2026-11-02T07:59:00Z", LOS_ANGELES),
      ];
      expect(await on("2026-11-01")).to.deep.equal(nights);
      // The last minute of a day of 23 hours.
      const spring = await play("2026-03-09T06:59:00Z", LOS_ANGELES);
      expect(await on("2026-03-08")).to.deep.equal([spring]);
      expect(await on("2026-03-09")).to.deep.equal([]);
    });
  });
  offsetCases(db);
}

function offsetCases(db: DatabaseUnderTest): void {
  describe("the offset of a performance from UTC", () => {
    it("is that at the start, also after a change of start or zone", async () => {
      const { performanceId } = await newShow(db.core, 1);
      const change = async (startsAt: string, timeZone: string) => {
        const details = { startsAt: new Date(startsAt), venue: "Hall", timeZone };
        await committed(db.core, ({ catalog }, tx) =>
          catalog.updatePerformance(tx, performanceId, details),
        );
        return db.other.catalog.findPerformance(null, performanceId);
      };
      expect(await db.other.catalog.findPerformance(null, performanceId)).to.include({
        ...{ timeZone: "UTC", utcOffsetMinutes: 0 },
      });
      expect(await change("2026-11-01T08:30:00Z", LOS_ANGELES)).to.include({
        ...{ timeZone: LOS_ANGELES, utcOffsetMinutes: -420 },
      });
      expect(await change("2026-11-01T09:30:00Z", LOS_ANGELES)).to.include({
        ...{ timeZone: LOS_ANGELES, utcOffsetMinutes: -480 },
      });
      expect(await change("2026-11-01T09:30:00Z", "Asia/Kathmandu")).to.include({
        ...{ timeZone: "Asia/Kathmandu", utcOffsetMinutes: 345 },
      });
    });

    it("does not exist in an unknown zone, which is refused", async () => {
      const { concertId, startsAt } = await newShow(db.core, 0);
      const show = { concertId, startsAt, venue: "Hall", timeZone: "Mars/Olympus" };
      const work = committed(db.core, ({ catalog }, tx) => catalog.insertPerformance(tx, show));
      expect(await failureOf(work)).to.be.instanceOf(Error);
      expect(await db.other.catalog.performancesOf(null, concertId)).to.have.length(1);
    });
  });
}
