import type { BucketLease, OutboxCounts } from "@onsale/core";
import { expect } from "chai";
import type { AdapterSet } from "../adapterSet.ts";
import { committed } from "../transactionRace.ts";
import { useDatabase } from "./databaseUnderTest.ts";
import { useBucket } from "./outboxBucket.ts";
import { HOUR_MS, MINUTE_MS } from "./show.ts";

/** A limit that is larger than the number of messages of any case. */
const ALL = 10_000;
/** The bucket of all messages of these cases, so that a case can find all remaining messages. */
const BUCKET = 7;

/** Cases about counts and cleanup of all messages, on a database without other messages. */
export function outboxTotalCases(set: AdapterSet): void {
  describe("the outbox as a whole", () => {
    const db = useDatabase(set);
    const bucket = useBucket(db, BUCKET);
    const clean = (ageMs: number, max: number): Promise<number> =>
      committed(db.core, ({ outbox }, tx) => outbox.cleanUp(tx, ageMs, max));
    const mark = (lease: BucketLease, ids: readonly number[]): Promise<number> =>
      committed(db.core, ({ outbox }, tx) => outbox.markPublished(tx, [lease], ids));
    let before: OutboxCounts;
    beforeEach("marks the messages of earlier cases as dead or deletes them", async () => {
      for (const message of await db.core.outbox.pending(null, BUCKET, ALL)) {
        await db.core.outbox.markFailed(null, message, { error: "", retryInMs: 0, dead: true });
      }
      await db.passTime(1);
      while ((await clean(0, ALL)) > 0);
      before = await db.core.outbox.counts(null);
      expect(before).to.include({ pending: 0, published: 0, oldestPendingAgeMs: 0 });
    });
    const added = async (): Promise<Record<"pending" | "published" | "dead", number>> => {
      const { pending, published, dead } = await db.core.outbox.counts(null);
      return { pending, published, dead: dead - before.dead };
    };

    it("counts its messages by state", async () => {
      const dead = bucket.message();
      await bucket.append(dead, bucket.message(), bucket.message());
      await bucket.fail(dead, { dead: true });
      expect(await added()).to.deep.equal({ pending: 2, published: 0, dead: 1 });
      await bucket.publishDue();
      await bucket.append(bucket.message());
      expect(await added()).to.deep.equal({ pending: 1, published: 2, dead: 1 });
      expect(await db.core.outbox.backlog(null)).to.include({ pending: 1, dead: before.dead + 1 });
      await db.core.withTransaction(async (tx) => {
        await db.core.outbox.append(tx, [bucket.message()]);
        expect(await db.core.outbox.counts(tx)).to.include({ pending: 2 });
        expect(await db.core.outbox.backlog(tx)).to.include({ pending: 2 });
        expect(await added()).to.include({ pending: 1 });
      });
    });

    it("deletes only old published messages, in batches", async () => {
      const dead = bucket.message();
      const sent = [1, 2, 3].map(() => bucket.message());
      await bucket.append(dead, ...sent);
      await bucket.fail(dead, { dead: true });
      await bucket.publishDue();
      await db.passTime(2 * MINUTE_MS);
      await bucket.append(bucket.message());
      await bucket.publishDue();
      await bucket.append(bucket.message());
      const cleaned: number[] = [];
      while (cleaned.at(-1) !== 0) cleaned.push(await clean(MINUTE_MS, 2));
      // Each published message has a publication, which is deleted with the message.
      expect(cleaned).to.deep.equal([4, 2, 0]);
      expect(await added()).to.deep.equal({ pending: 1, published: 1, dead: 1 });
      expect(await clean(HOUR_MS, 10)).to.equal(0);
    });

    it("records no publication of an owner whose lease expired", async () => {
      await bucket.append(bucket.message());
      const ids = (await bucket.due()).map(({ id }) => id);
      const stale = { ...bucket.lease(), epoch: 0 };
      expect(await mark(stale, ids)).to.equal(0);
      await db.passTime(HOUR_MS);
      expect(await clean(MINUTE_MS, ALL)).to.equal(0);
    });

    it("reports the age of the oldest unpublished message by the database's clock", async () => {
      const ageMs = async (): Promise<number> =>
        (await db.core.outbox.counts(null)).oldestPendingAgeMs;
      expect(await ageMs()).to.equal(0);
      const [dead, old, young] = [bucket.message(), bucket.message(), bucket.message()];
      await bucket.append(dead);
      await db.passTime(HOUR_MS);
      await bucket.append(old);
      expect(await ageMs()).to.be.within(HOUR_MS, HOUR_MS + MINUTE_MS);
      await bucket.fail(dead, { dead: true });
      await db.passTime(2 * MINUTE_MS);
      await bucket.append(young);
      expect(await ageMs()).to.be.within(2 * MINUTE_MS, 3 * MINUTE_MS);
      const oldId = await bucket.idOf(old);
      await mark(bucket.lease(), [oldId]);
      expect(await ageMs()).to.be.within(0, MINUTE_MS);
      await bucket.publishDue();
      expect(await ageMs()).to.equal(0);
    });
  });
}
