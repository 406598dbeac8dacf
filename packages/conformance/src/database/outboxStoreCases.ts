import type { NewOutboxMessage } from "@onsale/core";
import { expect } from "chai";
import { besideOpen, committed, failureOf } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { message } from "./outboxActs.ts";
import { type BucketUnderTest, useBucket } from "./outboxBucket.ts";
import { HOUR_MS, MINUTE_MS } from "./show.ts";

const UNKNOWN = { id: 999_999_999, attempts: 0 };

/** Cases about the messages that a relay gets. */
export function outboxStoreCases(db: DatabaseUnderTest): void {
  describe("the outbox in the database", () => {
    const bucket: BucketUnderTest = useBucket(db);

    it("returns messages exactly as they were written", async () => {
      const written = bucket.message({
        aggregateId: 4_007_199_254_740_991,
        aggregateVersion: 3,
        type: "payment.captured",
        aggregateType: "payment",
        payload: { nested: { list: [1, null, "표"] }, big: Number.MAX_SAFE_INTEGER },
      });
      const plain = bucket.message();
      await bucket.append(written, plain);
      const [first, second] = await bucket.due();
      expect(first).to.deep.include({ ...written, attempts: 0 });
      expect(second).to.deep.include(plain);
      const ageMs = db.core.clock.nowMs() - (first?.createdAt.getTime() ?? 0);
      expect(ageMs).to.be.within(-MINUTE_MS, MINUTE_MS);
      expect(await db.core.outbox.pending(null, bucket.number(), 9)).to.deep.equal([first, second]);
    });

    it("returns the messages of a bucket, oldest first, up to the limit", async () => {
      const [one, two, three] = [bucket.message(), bucket.message(), bucket.message()];
      await bucket.append(one, message({ bucket: 250 }), two);
      await bucket.append(three);
      const { outbox } = db.other;
      for (const read of [outbox.pending, outbox.due]) {
        const idsOf = async (max: number): Promise<string[]> =>
          (await read(null, bucket.number(), max)).map(({ messageId }) => messageId);
        expect(await idsOf(10)).to.deep.equal(
          [one, two, three].map((written) => written.messageId),
        );
        expect(await idsOf(2)).to.deep.equal([one.messageId, two.messageId]);
        expect(await idsOf(0)).to.deep.equal([]);
      }
    });

    it("accepts an empty list, and refuses a message id that it already has", async () => {
      const written = bucket.message();
      await bucket.append();
      await bucket.append(written);
      const twins: readonly Partial<NewOutboxMessage>[] = [
        { messageId: written.messageId },
        { aggregateId: written.aggregateId },
      ];
      for (const twin of twins) {
        const appended = bucket.append(bucket.message(), bucket.message(twin));
        expect(await failureOf(appended)).to.be.instanceOf(Error);
      }
      const { aggregateId } = written;
      const other = bucket.message({ aggregateId, aggregateType: "payment" });
      const next = bucket.message({ aggregateId, aggregateVersion: 2 });
      await bucket.append(other, next);
      expect(await bucket.dueIds()).to.deep.equal(
        [written, other, next].map(({ messageId }) => messageId),
      );
    });

    it("shows uncommitted messages only to their own transaction", async () => {
      const written = bucket.message();
      await besideOpen(db.core, async (writer) => {
        await writer.act(({ outbox }, tx) => outbox.append(tx, [written]));
        expect(
          await writer.act(({ outbox }, tx) => outbox.due(tx, bucket.number(), 9)),
        ).to.have.length(1);
        expect(await bucket.dueIds()).to.deep.equal([]);
        expect(await db.core.outbox.pending(null, bucket.number(), 9)).to.deep.equal([]);
        await writer.end("rollback");
      });
      expect(await bucket.dueIds()).to.deep.equal([]);
    });

    it("finds a message with a lower id that was committed later", async () => {
      const [early, late] = [bucket.message(), bucket.message()];
      await besideOpen(db.core, async (slow) => {
        await slow.act(({ outbox }, tx) => outbox.append(tx, [early]));
        await committed(db.other, ({ outbox }, tx) => outbox.append(tx, [late]));
        expect(await bucket.dueIds()).to.deep.equal([late.messageId]);
        expect(await bucket.publishDue()).to.equal(1);
        await slow.end("commit");
      });
      expect(await bucket.dueIds()).to.deep.equal([early.messageId]);
    });

    it("blocks an aggregate while an earlier message waits for its next attempt", async () => {
      const [one, two, other] = [bucket.message(), bucket.message(), bucket.message()];
      const next = { ...two, aggregateId: one.aggregateId, aggregateVersion: 2 };
      await bucket.append(one, next, other);
      await bucket.fail(one, { retryInMs: MINUTE_MS });
      expect(await bucket.dueIds()).to.deep.equal([other.messageId]);
      const waiting = await db.core.outbox.pending(null, bucket.number(), 9);
      expect(waiting.map(({ attempts }) => attempts)).to.deep.equal([1, 0, 0]);
      await db.passTime(MINUTE_MS / 2);
      expect(await bucket.dueIds()).to.deep.equal([other.messageId]);
      await db.passTime(MINUTE_MS);
      const all = [one, next, other].map(({ messageId }) => messageId);
      expect(await bucket.dueIds()).to.deep.equal(all);
    });

    it("blocks only later messages, and only those of the same aggregate", async () => {
      const one = bucket.message();
      const { aggregateId } = one;
      const two = bucket.message({ aggregateId, aggregateVersion: 2 });
      const three = bucket.message({ aggregateId, aggregateVersion: 3 });
      const namesake = bucket.message({ aggregateId, aggregateType: "payment" });
      const later = bucket.message({ aggregateId, aggregateType: "payment", aggregateVersion: 4 });
      await bucket.append(one, two, three, namesake, later);
      await bucket.fail(two, { retryInMs: MINUTE_MS });
      expect(await bucket.dueIds()).to.deep.equal(
        [one, namesake, later].map(({ messageId }) => messageId),
      );
    });

    it("blocks an aggregate behind a dead message", async () => {
      const [one, other] = [bucket.message(), bucket.message()];
      const { aggregateId } = one;
      const two = bucket.message({ aggregateId, aggregateVersion: 2 });
      const three = bucket.message({ aggregateId, aggregateVersion: 3 });
      await bucket.append(one, two, other);
      await bucket.fail(two, { dead: true });
      await bucket.append(three);
      await db.passTime(HOUR_MS);
      expect(await bucket.dueIds()).to.deep.equal([one.messageId, other.messageId]);
      const pending = await db.core.outbox.pending(null, bucket.number(), 9);
      expect(pending.map(({ messageId }) => messageId)).to.deep.equal(
        [one, other, three].map(({ messageId }) => messageId),
      );
    });

    it("returns later messages when many blocked messages come before them", async () => {
      const failed = bucket.message();
      const { aggregateId } = failed;
      const behind = Array.from({ length: 20 }, (_unused, index) =>
        bucket.message({ aggregateId, aggregateVersion: index + 2 }),
      );
      const free = bucket.message();
      await bucket.append(failed, ...behind, free);
      await bucket.fail(failed, { retryInMs: HOUR_MS });
      const due = await db.core.outbox.due(null, bucket.number(), 1);
      expect(due.map(({ messageId }) => messageId)).to.deep.equal([free.messageId]);
    });

    it("counts each failed attempt, whatever the error text", async () => {
      const written = bucket.message();
      await bucket.append(written);
      for (const error of ["", "표".repeat(2_000), "it's ?"]) await bucket.fail(written, { error });
      const [read] = await bucket.due();
      expect(read?.attempts).to.equal(3);
      await db.core.outbox.markFailed(null, UNKNOWN, { error: "", retryInMs: 0, dead: true });
    });

    it("postpones only the given messages, and only those that are PENDING", async () => {
      const [one, two, sent] = [bucket.message(), bucket.message(), bucket.message()];
      const [dead, beside] = [bucket.message(), bucket.message()];
      const next = bucket.message({ aggregateId: one.aggregateId, aggregateVersion: 2 });
      await bucket.append(sent);
      const sentId = await bucket.idOf(sent);
      await bucket.publishDue();
      await bucket.append(one, two, dead, beside, next);
      const ids = [await bucket.idOf(one), await bucket.idOf(two), await bucket.idOf(dead), sentId];
      await bucket.fail(dead, { dead: true, error: "too large" });
      const records = (of: readonly NewOutboxMessage[]) =>
        Promise.all(of.map(({ messageId }) => db.other.outboxAdmin.find(null, messageId)));
      const others = await records([sent, dead, beside]);
      const failure = { error: "no topic", retryInMs: MINUTE_MS };
      await db.core.outbox.postpone(null, [], failure);
      expect(await bucket.dueIds(), "without ids").to.have.length(4);
      const tried = ids.map((id) => ({ id, attempts: 0 }));
      expect(await db.core.outbox.postpone(null, tried, failure)).to.equal(2);
      expect(await bucket.dueIds()).to.deep.equal([beside.messageId]);
      expect(await records([sent, dead, beside])).to.deep.equal(others);
      for (const record of await records([one, two])) {
        expect(record).to.include({ state: "PENDING", attempts: 1, lastError: "no topic" });
      }
      await db.passTime(2 * MINUTE_MS);
      const all = [one, two, beside, next].map(({ messageId }) => messageId);
      expect(await bucket.dueIds()).to.deep.equal(all);
    });
  });
}
