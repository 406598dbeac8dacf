import type { EndedAdmission, Promotion } from "@onsale/core";
import { expect } from "chai";
import { committed } from "../transactionRace.ts";
import { endOf, FIRST_SEQUENCE, NOW_MS, promotion } from "./admissionActs.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { newQueueId, QUEUE_SETTINGS } from "./queueActs.ts";

/** Cases about the two admissions of a place that was missed and has returned to the line. */
export function missedAdmissionCases(db: DatabaseUnderTest): void {
  describe("admissions of a missed place in the database", () => {
    const missed = endOf(1, { reason: "UNCLAIMED" });
    const again = promotion(1, { admittedAtUs: missed.endedAtUs + 5 });
    const { admittedAtUs } = again;
    let queueId: string;
    let generation: number;
    beforeEach("takes a new queue", async () => {
      queueId = newQueueId();
      generation = 0;
      await committed(db.core, ({ admissions }, tx) =>
        admissions.ensureQueue(tx, queueId, QUEUE_SETTINGS),
      );
    });

    const promote = (...promotions: Promotion[]) =>
      committed(db.core, ({ admissions }, tx) =>
        admissions.recordPromotions(tx, queueId, generation, promotions),
      );
    const finish = (...ends: EndedAdmission[]) =>
      committed(db.core, ({ admissions }, tx) => admissions.recordEnds(tx, queueId, ends));
    const find = () => db.other.admissions.findAdmission(null, queueId, FIRST_SEQUENCE + 1);
    async function rebuild() {
      const known = await committed(db.other, ({ admissions }, tx) =>
        admissions.beginGeneration(tx, queueId, NOW_MS),
      );
      ({ generation } = known);
      return known;
    }

    it("show when the first one was missed", async () => {
      await promote(promotion(1));
      await finish(missed);
      const { endedAtUs: missedAtUs } = missed;
      expect(await find()).to.include({ ended: true, missedAtUs });
    });

    it("are two after the return, and the second one is the latest", async () => {
      await promote(promotion(1));
      await finish(missed);
      await promote(again, promotion(2));
      await promote(again, promotion(1));
      expect(await find()).to.include({ ended: false, missedAtUs: undefined });
      const { active, recentAdmissionsUs } = await rebuild();
      expect(active[0]).to.include({ userId: 1, admittedAtUs });
      expect([active.length, recentAdmissionsUs.length]).to.deep.equal([2, 3]);
      await finish(endOf(1, { admittedAtUs, reason: "UNCLAIMED" }));
      expect(await find()).to.include({ ended: true, missedAtUs: undefined });
    });

    it("end separately, also when one batch has both ends", async () => {
      const activeAt = async () => (await rebuild()).active.map((one) => one.admittedAtUs);
      const second = endOf(1, { admittedAtUs, reason: "PAID" });
      await promote(promotion(1), again);
      await finish(missed);
      expect(await activeAt()).to.deep.equal([admittedAtUs]);
      await finish(missed, second);
      expect(await activeAt()).to.deep.equal([]);
      const sequence = FIRST_SEQUENCE + 2;
      await promote(promotion(2), { ...again, sequence });
      await finish({ ...second, sequence }, { ...missed, sequence });
      expect(await activeAt()).to.deep.equal([]);
    });
  });
}
