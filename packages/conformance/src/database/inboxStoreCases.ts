import { systemIds } from "@onsale/core";
import { expect } from "chai";
import {
  type Act,
  answerAfterWaiting,
  answerAtOnce,
  besideOpen,
  committed,
  ENDS,
} from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, MINUTE_MS } from "./show.ts";

const record =
  (consumer: string, messageId: string): Act<boolean> =>
  ({ inbox }, tx) =>
    inbox.record(tx, consumer, messageId);

/** Cases about the record of the messages that each consumer has applied. */
export function inboxStoreCases(db: DatabaseUnderTest): void {
  describe("the inbox in the database", () => {
    it("has a recorded message only for the consumer that recorded it", async () => {
      const id = systemIds.uuid();
      expect(await committed(db.core, record("one", id))).to.equal(true);
      expect(await committed(db.core, record("one", id))).to.equal(false);
      expect(await committed(db.other, record("one", id))).to.equal(false);
      expect(await committed(db.core, record("two", id))).to.equal(true);
      expect(await committed(db.core, record("one", systemIds.uuid()))).to.equal(true);
    });

    it("has a message within the transaction that records it", async () => {
      const id = systemIds.uuid();
      const answers = await db.core.withTransaction(async (tx) => [
        await db.core.inbox.record(tx, "one", id),
        await db.core.inbox.record(tx, "one", id),
      ]);
      expect(answers).to.deep.equal([true, false]);
    });

    for (const end of ENDS) {
      it(`accepts one of two parallel records, decided by the ${end} of the first`, async () => {
        const id = systemIds.uuid();
        const race = { first: record("one", id), end, second: record("one", id) };
        expect(await answerAfterWaiting(db, race)).to.equal(end === "rollback");
        expect(await committed(db.core, record("one", id))).to.equal(false);
      });
    }

    it("records other consumers and other messages without waiting", async () => {
      const id = systemIds.uuid();
      for (const second of [record("two", id), record("one", systemIds.uuid())]) {
        const first = record("one", systemIds.uuid());
        expect(await answerAtOnce(db, { first, second })).to.equal(true);
      }
    });

    it("accepts one of ten parallel records of a message", async () => {
      const id = systemIds.uuid();
      const cores = Array.from({ length: 10 }, (_unused, i) => (i % 2 ? db.core : db.other));
      const answers = await Promise.all(cores.map((core) => committed(core, record("one", id))));
      expect(answers.filter(Boolean)).to.have.length(1);
    });

    describe("for several messages", () => {
      const recordAll =
        (...ids: readonly string[]): Act<number> =>
        ({ inbox }, tx) =>
          inbox.recordAll(tx, "one", ids);

      it("counts the messages that the consumer has not recorded before", async () => {
        const [a, b, c] = [systemIds.uuid(), systemIds.uuid(), systemIds.uuid()];
        expect(await committed(db.core, recordAll(a, b))).to.equal(2);
        expect(await committed(db.other, recordAll(c, b, a))).to.equal(1);
        expect(await committed(db.core, record("one", c))).to.equal(false);
        expect(await committed(db.core, record("two", a))).to.equal(true);
        expect(await committed(db.core, recordAll())).to.equal(0);
      });

      it("counts a message once that occurs twice", async () => {
        const id = systemIds.uuid();
        expect(await committed(db.core, recordAll(id, id))).to.equal(1);
      });

      for (const end of ENDS) {
        it(`waits for the ${end} of a transaction that records one of them`, async () => {
          const [id, free] = [systemIds.uuid(), systemIds.uuid()];
          const race = { first: record("one", id), end, second: recordAll(free, id) };
          expect(await answerAfterWaiting(db, race)).to.equal(end === "rollback" ? 2 : 1);
        });
      }

      it("does not wait in a circle when two transactions record them", async () => {
        const ids = Array.from({ length: 20 }, () => systemIds.uuid());
        const [one, other] = [ids, ids.toReversed()];
        const counts = await Promise.all([
          committed(db.core, recordAll(...one)),
          committed(db.other, recordAll(...other)),
        ]);
        expect(counts.toSorted((a, b) => a - b)).to.deep.equal([0, 20]);
      });
    });

    it("has no record after a rollback", async () => {
      const id = systemIds.uuid();
      await besideOpen(db.core, async (failing) => {
        expect(await failing.act(record("one", id))).to.equal(true);
        await failing.end("rollback");
      });
      expect(await committed(db.core, record("one", id))).to.equal(true);
    });

    it("is cleaned up by age, oldest first, for one consumer at a time", async () => {
      const consumer = `tidy-${systemIds.uuid().slice(-12)}`;
      const ids = Array.from({ length: 4 }, () => systemIds.uuid()).sort();
      const [young = ""] = ids.splice(3);
      for (const id of ids) {
        await committed(db.core, record(consumer, id));
        await committed(db.core, record(`${consumer}-too`, id));
      }
      await db.passTime(HOUR_MS);
      await committed(db.core, record(consumer, young));
      const clean = (max: number, ageMs = MINUTE_MS): Promise<number> =>
        committed(db.core, ({ inbox }, tx) => inbox.cleanUp(tx, consumer, ageMs, max));
      expect(await clean(10, 2 * HOUR_MS)).to.equal(0);
      expect(await clean(2)).to.equal(2);
      const [oldest = "", , third = ""] = ids;
      expect(await committed(db.core, record(consumer, third)), "the youngest of them").to.equal(
        false,
      );
      expect([await clean(2), await clean(2)]).to.deep.equal([1, 0]);
      expect(await committed(db.core, record(consumer, young))).to.equal(false);
      expect(await committed(db.core, record(consumer, oldest)), "after it was forgotten").to.equal(
        true,
      );
      expect(await committed(db.core, record(`${consumer}-too`, oldest))).to.equal(false);
    });
  });
}
