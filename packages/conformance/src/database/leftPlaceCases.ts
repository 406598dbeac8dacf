import { expect } from "chai";
import { committed } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, MINUTE_MS } from "./show.ts";

/** Cases about places in line that were given up. */
export function leftPlaceCases(db: DatabaseUnderTest): void {
  describe("places that were given up, in the database", () => {
    const queueId = "left-places";
    const clean = (ageMs: number, max: number) =>
      committed(db.core, ({ admissions }, tx) => admissions.cleanUpLeft(tx, ageMs, max));
    const hasLeft = (userId: number, sequence: number, queue = queueId) =>
      db.other.admissions.hasLeft(null, queue, { userId, sequence });

    it("are known to every process, by queue, user and sequence", async () => {
      const place = { userId: 7, sequence: 1_700_000_000_000_001 };
      expect(await hasLeft(7, place.sequence)).to.equal(false);
      await db.core.admissions.recordLeft(null, queueId, place);
      await db.core.admissions.recordLeft(null, queueId, place);
      expect(await hasLeft(7, place.sequence)).to.equal(true);
      expect(await hasLeft(8, place.sequence), "another user").to.equal(false);
      expect(await hasLeft(7, place.sequence + 1), "a later place").to.equal(false);
      expect(await hasLeft(7, place.sequence, queueId.toUpperCase())).to.equal(false);
    });

    it("are forgotten in batches when they are old", async () => {
      await db.passTime(24 * HOUR_MS);
      await clean(0, 1_000);
      for (const userId of [1, 2, 3]) {
        await db.core.admissions.recordLeft(null, queueId, { userId, sequence: 5 });
      }
      expect(await clean(HOUR_MS, 10)).to.equal(0);
      await db.passTime(HOUR_MS + MINUTE_MS);
      await db.core.admissions.recordLeft(null, queueId, { userId: 4, sequence: 5 });
      expect([await clean(HOUR_MS, 2), await clean(HOUR_MS, 2)]).to.deep.equal([2, 1]);
      expect(await hasLeft(4, 5), "a young one").to.equal(true);
    });
  });
}
