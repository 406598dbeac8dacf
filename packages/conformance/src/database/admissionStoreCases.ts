import type { AdmissionStore, EndedAdmission, Promotion } from "@onsale/core";
import { expect } from "chai";
import { type Act, answerAfterWaiting, besideOpen, committed, ENDS } from "../transactionRace.ts";
import { endOf, FIRST_SEQUENCE, NOW_MS, promotion } from "./admissionActs.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { newQueueId, QUEUE_SETTINGS } from "./queueActs.ts";
import { HOUR_MS, MINUTE_MS } from "./show.ts";

/** Cases about the rows of admissions and the generations of a queue. */
export function admissionStoreCases(db: DatabaseUnderTest): void {
  describe("admissions in the database", () => {
    let queueId: string;
    /** The current generation in the database. */
    let generation: number;
    beforeEach("takes a new queue", async () => {
      queueId = newQueueId();
      generation = 0;
      await committed(db.core, ({ admissions }, tx) =>
        admissions.ensureQueue(tx, queueId, QUEUE_SETTINGS),
      );
    });
    const promote =
      (...promotions: Promotion[]): Act<boolean> =>
      ({ admissions }, tx) =>
        admissions.recordPromotions(tx, queueId, generation, promotions);
    const finish =
      (...ends: EndedAdmission[]): Act<void> =>
      ({ admissions }, tx) =>
        admissions.recordEnds(tx, queueId, ends);
    const find = (n: number) =>
      db.other.admissions.findAdmission(null, queueId, FIRST_SEQUENCE + n);
    const begin =
      (nowMs = NOW_MS): Act<Awaited<ReturnType<AdmissionStore["beginGeneration"]>>> =>
      ({ admissions }, tx) =>
        admissions.beginGeneration(tx, queueId, nowMs);
    async function rebuild(nowMs = NOW_MS) {
      const { generation: counted, ...known } = await committed(db.other, begin(nowMs));
      generation = counted;
      return known;
    }

    it("are found by their sequence, before and after their end", async () => {
      await committed(db.core, promote(promotion(1), promotion(2)));
      await committed(db.core, finish(endOf(2)));
      const expiresAtMs = NOW_MS + 60_000;
      const missedAtUs = undefined;
      expect(await find(1)).to.deep.equal({ userId: 1, expiresAtMs, ended: false, missedAtUs });
      expect(await find(2)).to.deep.equal({ userId: 2, expiresAtMs, ended: true, missedAtUs });
      expect(await find(3)).to.equal(undefined);
      const elsewhere = await db.core.admissions.findAdmission(null, "no", FIRST_SEQUENCE + 1);
      expect(elsewhere).to.equal(undefined);
    });

    it("are found by their buyer when they are later than a sequence", async () => {
      await committed(db.core, promote(promotion(1), promotion(2), promotion(3, { userId: 1 })));
      const wasAdmittedLater = (userId: number, n: number, queue = queueId) =>
        db.other.admissions.wasAdmittedLater(null, queue, { userId, sequence: FIRST_SEQUENCE + n });
      expect(await wasAdmittedLater(1, 1)).to.equal(true);
      expect(await wasAdmittedLater(1, 3)).to.equal(false);
      expect(await wasAdmittedLater(2, 1)).to.equal(true);
      expect(await wasAdmittedLater(2, 2)).to.equal(false);
      expect(await wasAdmittedLater(1, 1, "no")).to.equal(false);
    });

    it("are recorded once: a repeated call changes nothing", async () => {
      await committed(db.core, promote());
      await committed(db.core, promote(promotion(1), promotion(2)));
      const again = promotion(2, { expiresAtMs: NOW_MS, userId: 9 });
      await committed(db.core, promote(again, promotion(3), promotion(3, { userId: 9 })));
      const found = await Promise.all([1, 2, 3].map(find));
      const expiresAtMs = NOW_MS + 60_000;
      expect(found).to.deep.equal(
        [1, 2, 3].map((n) => ({ userId: n, expiresAtMs, ended: false, missedAtUs: undefined })),
      );
    });

    it("can have the same sequence in two queues, and end separately", async () => {
      await committed(db.core, promote(promotion(1)));
      const here = queueId;
      queueId = `${here}-beside`;
      await committed(db.core, ({ admissions }, tx) =>
        admissions.ensureQueue(tx, queueId, QUEUE_SETTINGS),
      );
      await committed(db.core, promote(promotion(1)));
      await committed(db.core, finish(endOf(1), endOf(2)));
      expect(await find(1)).to.include({ ended: true });
      queueId = here;
      expect(await find(1)).to.include({ ended: false });
      await committed(db.core, finish());
      await committed(db.core, finish(endOf(1)));
      expect(await find(1)).to.include({ ended: true });
    });

    it("are recorded and ended by the thousand", async () => {
      const all = Array.from({ length: 1_200 }, (_unused, index) => index + 1);
      await committed(db.core, promote(...all.map((n) => promotion(n))));
      expect((await rebuild()).active).to.have.length(1_200);
      await committed(db.core, finish(...all.slice(0, 1_100).map((n) => endOf(n))));
      const { active, recentAdmissionsUs, lastSequence } = await rebuild();
      expect(active.map(({ userId }) => userId)).to.deep.equal(all.slice(1_100));
      expect(recentAdmissionsUs).to.have.length(1_200);
      expect(lastSequence).to.equal(FIRST_SEQUENCE + 1_200);
    });

    it("give a rebuild the live admissions, recent admissions and the last sequence", async () => {
      const edgeUs = (NOW_MS - 60_000) * 1000;
      await committed(
        db.core,
        promote(
          promotion(5, { expiresAtMs: NOW_MS + 1 }),
          promotion(4),
          promotion(2, { expiresAtMs: NOW_MS }),
          promotion(3, { admittedAtUs: edgeUs - 1 }),
          promotion(1, { admittedAtUs: edgeUs }),
        ),
      );
      await committed(db.core, finish(endOf(4)));
      const { active, recentAdmissionsUs, lastSequence } = await rebuild();
      expect(active).to.deep.equal(
        [1, 3, 5].map((n) => ({
          userId: n,
          sequence: FIRST_SEQUENCE + n,
          admittedAtUs: n === 1 ? edgeUs : n === 3 ? edgeUs - 1 : NOW_MS * 1000 - 1_000_000,
          expiresAtMs: n === 5 ? NOW_MS + 1 : NOW_MS + 60_000,
        })),
      );
      const recent = recentAdmissionsUs.toSorted((a, b) => a - b);
      expect(recent).to.deep.equal([edgeUs, ...Array<number>(3).fill(NOW_MS * 1000 - 1_000_000)]);
      expect(lastSequence).to.equal(FIRST_SEQUENCE + 5);
    });

    it("give a rebuild nothing for a new or an unknown queue", async () => {
      const nothing = { active: [], recentAdmissionsUs: [], lastSequence: 0 };
      expect(await rebuild()).to.deep.equal(nothing);
      queueId = "nowhere";
      expect(await rebuild()).to.deep.equal(nothing);
    });

    it("are counted by a range of sequences that includes both ends", async () => {
      await committed(db.core, promote(promotion(1), promotion(2), promotion(4)));
      await committed(db.core, finish(endOf(2)));
      const count = (from: number, until: number) =>
        db.other.admissions.countAdmissions(null, queueId, {
          fromSequence: FIRST_SEQUENCE + from,
          untilSequence: FIRST_SEQUENCE + until,
        });
      expect(await Promise.all([count(1, 4), count(2, 3), count(3, 3)])).to.deep.equal([3, 1, 0]);
      queueId = "nowhere";
      expect(await count(1, 4)).to.equal(0);
    });

    it("keep sequences and user ids up to 2^53 - 1", async () => {
      const sequence = Number.MAX_SAFE_INTEGER;
      const userId = Number.MAX_SAFE_INTEGER - 1;
      await committed(db.core, promote(promotion(1, { sequence, userId })));
      expect(await db.core.admissions.findAdmission(null, queueId, sequence)).to.include({
        userId,
      });
      expect(await rebuild()).to.deep.include({ lastSequence: sequence });
      await committed(db.core, finish(endOf(1, { sequence, userId })));
      expect((await rebuild()).active).to.deep.equal([]);
    });

    it("expire as time passes, and are still found by their sequence", async () => {
      const nowMs = (): number => db.core.clock.nowMs();
      const startMs = nowMs();
      const admission = { admittedAtUs: startMs * 1000, expiresAtMs: startMs + 2 * MINUTE_MS };
      await committed(db.core, promote(promotion(1, admission)));
      expect((await rebuild(nowMs())).active).to.have.length(1);
      await db.passTime(1.5 * MINUTE_MS);
      expect(await rebuild(nowMs())).to.deep.include({ recentAdmissionsUs: [] });
      expect((await rebuild(nowMs())).active).to.have.length(1);
      await db.passTime(HOUR_MS);
      expect(await rebuild(nowMs())).to.deep.equal({
        active: [],
        recentAdmissionsUs: [],
        lastSequence: FIRST_SEQUENCE + 1,
      });
      expect(await find(1)).to.include({ userId: 1, ended: false });
    });

    it("are visible to their own transaction before the commit", async () => {
      await besideOpen(db.core, async (promoter) => {
        await promoter.act(promote(promotion(1)));
        expect((await promoter.act(begin())).active).to.have.length(1);
        const sequence = FIRST_SEQUENCE + 1;
        expect(
          await promoter.act(({ admissions }, tx) =>
            admissions.findAdmission(tx, queueId, sequence),
          ),
        ).to.include({ userId: 1 });
        expect(await find(1)).to.equal(undefined);
      });
    });

    it("are refused after another generation has begun", async () => {
      await committed(db.core, promote(promotion(1)));
      const former = generation;
      await rebuild();
      expect(generation).to.be.above(former);
      const late: Act<boolean> = ({ admissions }, tx) =>
        admissions.recordPromotions(tx, queueId, former, [promotion(2)]);
      expect(await committed(db.core, late)).to.equal(false);
      expect(await find(2)).to.equal(undefined);
      expect(await committed(db.core, promote(promotion(2)))).to.equal(true);
      expect(await find(2)).to.include({ userId: 2 });
    });

    it("are still recorded when another queue has begun a new generation", async () => {
      await rebuild();
      const other = newQueueId();
      await committed(db.core, ({ admissions }, tx) =>
        admissions.ensureQueue(tx, other, QUEUE_SETTINGS),
      );
      await committed(db.core, ({ admissions }, tx) =>
        admissions.beginGeneration(tx, other, NOW_MS),
      );
      expect(await committed(db.core, promote(promotion(1)))).to.equal(true);
    });

    it("are refused for an unknown generation and for an unknown queue", async () => {
      const ahead: Act<boolean> = ({ admissions }, tx) =>
        admissions.recordPromotions(tx, queueId, generation + 1, [promotion(1)]);
      expect(await committed(db.core, ahead)).to.equal(false);
      const elsewhere: Act<boolean> = ({ admissions }, tx) =>
        admissions.recordPromotions(tx, "nowhere", 0, [promotion(1)]);
      expect(await committed(db.core, elsewhere)).to.equal(false);
    });

    for (const end of ENDS) {
      it(`block a new generation until their ${end}; it then reads the outcome`, async () => {
        const { active } = await answerAfterWaiting(db, {
          first: promote(promotion(1)),
          end,
          second: begin(),
        });
        expect(active).to.have.length(end === "commit" ? 1 : 0);
      });

      it(`wait for a new generation, whose ${end} decides whether they are recorded`, async () => {
        const recorded = await answerAfterWaiting(db, {
          first: begin(),
          end,
          second: promote(promotion(1)),
        });
        expect(recorded).to.equal(end === "rollback");
      });

      it(`count once for a place that two transactions record (first: ${end})`, async () => {
        await answerAfterWaiting(db, {
          first: promote(promotion(1)),
          end,
          second: promote(promotion(1, { userId: 9 })),
        });
        expect(await find(1)).to.include({ userId: end === "commit" ? 1 : 9 });
      });

      it(`have ended after two transactions end them (first: ${end})`, async () => {
        await committed(db.core, promote(promotion(1)));
        await answerAfterWaiting(db, {
          first: finish(endOf(1)),
          end,
          second: finish(endOf(1, { reason: "EXPIRED" })),
        });
        expect(await find(1)).to.include({ ended: true });
      });
    }
  });
}
