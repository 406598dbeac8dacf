import type { QueueSettings } from "@onsale/core";
import { expect } from "chai";
import { type Act, answerAfterWaiting, besideOpen, committed, ENDS } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { newQueueId, QUEUE_SETTINGS } from "./queueActs.ts";

/** Cases about the rows of queues. */
export function queueRecordCases(db: DatabaseUnderTest): void {
  describe("a queue in the database", () => {
    let queueId: string;
    beforeEach("takes a new queue", () => {
      queueId = newQueueId();
    });
    const ensure =
      (id: string, settings = QUEUE_SETTINGS): Act<unknown> =>
      ({ admissions }, tx) =>
        admissions.ensureQueue(tx, id, settings);
    const save =
      (settings: QueueSettings): Act<void> =>
      ({ admissions }, tx) =>
        admissions.saveSettings(tx, queueId, settings);
    const find = (id = queueId) => db.other.admissions.findQueue(null, id);
    const formerLimits = async (id = queueId) => {
      const queues = await db.other.invariantReader.read((snapshot) => snapshot.queues());
      return queues.find((one) => one.id === id)?.formerLimits ?? [];
    };
    const other: QueueSettings = {
      activeCountMax: 1_000_000,
      admissionRatePerMinute: 2,
      activeTtlMs: 86_400_000,
      activationMs: 3_600_000,
      mode: "draining",
    };

    it("is created with the given settings, and keeps them when it is created again", async () => {
      expect(await find()).to.equal(undefined);
      const record = { queueId, epoch: 1, settings: other, settingsVersion: 0 };
      expect(await committed(db.core, ensure(queueId, other))).to.deep.equal(record);
      expect(await committed(db.core, ensure(queueId))).to.deep.equal(record);
      expect(await find()).to.deep.equal(record);
    });

    it("is listed by id, and its id is case-sensitive", async () => {
      const ids = [`${queueId}-b`, `${queueId}-A`, `${queueId}-a`, `${queueId}-B`];
      for (const id of ids) await committed(db.core, ensure(id));
      const listed = await db.other.admissions.listQueueIds(null);
      const own = listed.filter((id) => id.startsWith(`${queueId}-`));
      expect(own).to.deep.equal(ids.toSorted());
      expect(await find(`${queueId}-a`)).to.include({ queueId: `${queueId}-a` });
      expect(await find(queueId.toUpperCase())).to.equal(undefined);
      expect(await find("\u{1F3AB}"), "no id").to.equal(undefined);
    });

    it("is not found by its id with a space before or after it", async () => {
      await committed(db.core, ensure(queueId));
      for (const id of [`${queueId} `, ` ${queueId}`]) {
        expect(await find(id), `"${id}"`).to.equal(undefined);
      }
    });

    it("saves the settings of this queue only, and none of an unknown queue", async () => {
      await committed(db.core, ensure(queueId));
      await committed(db.core, ensure(`${queueId}-beside`));
      await committed(db.core, save(other));
      expect(await find()).to.deep.equal({
        queueId,
        epoch: 1,
        settings: other,
        settingsVersion: 0,
      });
      expect(await find(`${queueId}-beside`)).to.deep.include({ settings: QUEUE_SETTINGS });
      await committed(db.core, save(other));
      queueId = `${queueId}-nowhere`;
      await committed(db.core, save(other));
      expect(await find()).to.equal(undefined);
    });

    it("counts a version of its settings with each change, above the given one", async () => {
      await committed(db.core, ensure(queueId));
      await committed(db.core, ensure(`${queueId}-beside`));
      const begin =
        (above: number, id = queueId): Act<unknown> =>
        ({ admissions }, tx) =>
          admissions.beginSettings(tx, id, above);
      const first = await committed(db.core, begin(0));
      expect(first).to.deep.include({ settings: QUEUE_SETTINGS, settingsVersion: 1 });
      expect(await committed(db.core, begin(1))).to.include({ settingsVersion: 2 });
      expect(await committed(db.core, begin(7))).to.include({ settingsVersion: 8 });
      expect(await committed(db.core, begin(3))).to.include({ settingsVersion: 9 });
      expect(await committed(db.core, begin(0, "nowhere"))).to.equal(undefined);
      expect(await find()).to.include({ settingsVersion: 9 });
      expect(await find(`${queueId}-beside`)).to.include({ settingsVersion: 0 });
    });

    it("keeps the former limits of this queue when they change, and only then", async () => {
      await committed(db.core, ensure(queueId));
      await committed(db.core, ensure(`${queueId}-beside`));
      for (const settings of [other, other, { ...other, activeTtlMs: other.activeTtlMs - 1 }]) {
        await committed(db.core, save(settings));
      }
      const { activeCountMax, admissionRatePerMinute } = QUEUE_SETTINGS;
      const kept = await formerLimits();
      expect(kept).to.have.length(1);
      expect(kept[0]).to.include({ activeCountMax, admissionRatePerMinute });
      expect(await formerLimits(`${queueId}-beside`)).to.deep.equal([]);
    });

    it("keeps limits that were in force until now", async () => {
      await committed(db.core, ensure(queueId));
      const limits = { activeCountMax: 7, admissionRatePerMinute: 70 };
      await committed(db.core, ({ admissions }, tx) =>
        admissions.keepFormerLimits(tx, queueId, limits),
      );
      const kept = await formerLimits();
      expect(kept).to.have.length(1);
      expect(kept[0]).to.include(limits);
      expect(await find()).to.deep.include({ settings: QUEUE_SETTINGS });
    });

    it("raises its epoch once for each epoch that ends", async () => {
      await committed(db.core, ensure(queueId));
      await committed(db.core, ensure(`${queueId}-beside`));
      const raise =
        (epoch: number, id = queueId): Act<boolean> =>
        ({ admissions }, tx) =>
          admissions.raiseEpoch(tx, id, epoch);
      expect(await committed(db.core, raise(1))).to.equal(true);
      expect(await committed(db.core, raise(1))).to.equal(false);
      expect(await committed(db.core, raise(3))).to.equal(false);
      expect(await committed(db.core, raise(1, "nowhere"))).to.equal(false);
      expect(await find()).to.include({ epoch: 2 });
      expect(await find(`${queueId}-beside`)).to.include({ epoch: 1 });
    });

    it("is visible to its own transaction before it commits", async () => {
      await besideOpen(db.core, async (maker) => {
        await maker.act(ensure(queueId));
        await maker.act(save(other));
        const own = await maker.act(({ admissions }, tx) => admissions.findQueue(tx, queueId));
        expect(own?.settings).to.deep.equal(other);
        expect(await maker.act(({ admissions }, tx) => admissions.listQueueIds(tx))).to.include(
          queueId,
        );
        expect(await find()).to.equal(undefined);
        expect(await db.other.admissions.listQueueIds(null)).to.not.include(queueId);
      });
    });

    it("is created once by 20 parallel callers", async () => {
      const cores = Array.from({ length: 20 }, (_unused, i) => (i % 2 ? db.core : db.other));
      const records = await Promise.all(cores.map((core) => committed(core, ensure(queueId))));
      const record = { queueId, epoch: 1, settings: QUEUE_SETTINGS, settingsVersion: 0 };
      for (const one of records) expect(one).to.deep.equal(record);
    });

    for (const end of ENDS) {
      it(`has the settings of its creator when two callers try (first: ${end})`, async () => {
        const record = await answerAfterWaiting(db, {
          first: ensure(queueId, other),
          end,
          second: ensure(queueId),
        });
        const settings = end === "commit" ? other : QUEUE_SETTINGS;
        expect(record).to.deep.equal({ queueId, epoch: 1, settings, settingsVersion: 0 });
      });

      it(`counts a version after another transaction that counts (first: ${end})`, async () => {
        await committed(db.core, ensure(queueId));
        const begin: Act<unknown> = ({ admissions }, tx) =>
          admissions.beginSettings(tx, queueId, 0);
        const second = await answerAfterWaiting(db, { first: begin, end, second: begin });
        expect(second).to.include({ settingsVersion: end === "commit" ? 2 : 1 });
      });

      it(`has the settings of the second transaction that changes it (first: ${end})`, async () => {
        await committed(db.core, ensure(queueId));
        const last = { ...QUEUE_SETTINGS, activeCountMax: 77 };
        await answerAfterWaiting(db, { first: save(other), end, second: save(last) });
        expect((await find())?.settings).to.deep.equal(last);
      });
    }
  });
}
