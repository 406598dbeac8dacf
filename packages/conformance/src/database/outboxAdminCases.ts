import {
  type MessageRecord,
  type MessageSelection,
  type MessageState,
  type NewOutboxMessage,
  systemIds,
} from "@onsale/core";
import { expect } from "chai";
import { committed } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { type BucketUnderTest, useBucket } from "./outboxBucket.ts";
import { HOUR_MS, MINUTE_MS } from "./show.ts";

const ALL: MessageSelection = {
  ...{ ids: undefined, aggregateType: undefined, aggregateId: undefined },
  ...{ type: undefined, since: undefined, until: undefined },
};
const AUDIT_ID = 4_007;
const TEN = { beforeId: undefined, max: 10 };

/** Cases of the store with which operators read and change the outbox. */
export function outboxAdminCases(db: DatabaseUnderTest): void {
  describe("the outbox for operators", () => {
    const bucket: BucketUnderTest = useBucket(db);
    const admin = () => db.core.outboxAdmin;
    const of = ({ aggregateId }: NewOutboxMessage): MessageSelection => ({ ...ALL, aggregateId });
    const idOf = async ({ messageId }: NewOutboxMessage): Promise<number> =>
      (await admin().find(null, messageId))?.id ?? 0;
    const statesOf = async (one: NewOutboxMessage, state?: MessageState): Promise<string[]> =>
      (await admin().list(null, of(one), { ...TEN, state })).map(
        (record) => `${record.aggregateVersion} ${record.state}`,
      );
    const replay = (ids: readonly number[], jobId: string, withinMs = HOUR_MS): Promise<number> =>
      committed(db.other, ({ outboxAdmin }, tx) =>
        outboxAdmin.replay(tx, ids, { jobId, withinMs }),
      );

    /**
     * Duration from the write of a message to its first publication, ms. `passTime` moves both
     * moments, so it does not change the duration.
     */
    const sinceWritten = (record: MessageRecord | undefined): number =>
      (record?.publishedAt?.getTime() ?? 0) - (record?.createdAt.getTime() ?? 0);

    /** Appends this many messages of one aggregate, with the versions from 1 on. */
    async function appended(versions: number): Promise<readonly NewOutboxMessage[]> {
      const first = bucket.message();
      const all = Array.from({ length: versions }, (_unused, index) =>
        bucket.message({ aggregateId: first.aggregateId, aggregateVersion: index + 1 }),
      );
      await bucket.append(...all);
      return all;
    }
    async function three() {
      const [one, two, last] = await appended(3);
      if (!one || !two || !last) throw new Error("there are three");
      return { one, two, last };
    }

    it("shows the time of the first publication, and none before it", async () => {
      const { one, two, last } = await three();
      const publishedAt = async (message: NewOutboxMessage) =>
        (await admin().find(null, message.messageId))?.publishedAt;
      expect(await publishedAt(one), "PENDING").to.equal(undefined);
      await bucket.fail(two, { dead: true });
      expect(await publishedAt(two), "DEAD").to.equal(undefined);
      await db.passTime(MINUTE_MS);
      expect(await bucket.publishDue()).to.equal(1);
      expect(sinceWritten(await admin().find(null, one.messageId))).to.be.at.least(MINUTE_MS);
      const first = await publishedAt(one);
      await replay([await idOf(one)], systemIds.uuid());
      expect(await publishedAt(one), "PENDING again").to.deep.equal(first);
      expect(await bucket.publishDue()).to.equal(1);
      expect(await publishedAt(one), "published again").to.deep.equal(first);
      expect(await publishedAt(last), "BLOCKED").to.equal(undefined);
    });

    it("shows messages behind a failed one of their aggregate as BLOCKED", async () => {
      const { one, two } = await three();
      const other = bucket.message();
      await bucket.append(other);
      const before = await admin().countBlocked(null);
      await bucket.fail(two, { retryInMs: MINUTE_MS, error: "no topic" });
      expect(await statesOf(one)).to.deep.equal(["3 BLOCKED", "2 PENDING", "1 PENDING"]);
      expect(await statesOf(one, "BLOCKED")).to.deep.equal(["3 BLOCKED"]);
      expect(await statesOf(one, "PENDING")).to.deep.equal(["2 PENDING", "1 PENDING"]);
      expect(await statesOf(other)).to.deep.equal(["1 PENDING"]);
      expect(await admin().countBlocked(null)).to.equal(before + 1);
      await bucket.fail(two, { dead: true, error: "too large" });
      expect(await statesOf(one)).to.deep.equal(["3 BLOCKED", "2 DEAD", "1 PENDING"]);
      expect(await admin().find(null, await idOf(two))).to.include({ lastError: "too large" });
    });

    it("lists pages, newest first, by type, aggregate and time", async () => {
      const { one, two, last } = await three();
      const lastId = await idOf(last);
      const page = await admin().list(null, of(one), {
        state: undefined,
        beforeId: lastId,
        max: 1,
      });
      expect(page.map(({ messageId }) => messageId)).to.deep.equal([two.messageId]);
      const { createdAt } = page[0] ?? {};
      if (!createdAt) throw new Error("the page has a message");
      const later = new Date(createdAt.getTime() + MINUTE_MS);
      const count = async (more: Partial<MessageSelection>): Promise<number> =>
        (await admin().countSelected(null, { ...of(one), ...more }, "PENDING")).count;
      expect(await count({ type: "reservation.held" })).to.equal(3);
      expect(await count({ type: "payment.captured" })).to.equal(0);
      expect(await count({ aggregateType: "payment" })).to.equal(0);
      expect(await count({ since: later })).to.equal(0);
      expect(await count({ until: later })).to.equal(3);
      expect(await count({ ids: [lastId] })).to.equal(1);
      expect(await count({ ids: [] })).to.equal(0);
    });

    it("counts a selection with its first and last id, and reads it in order", async () => {
      const { one, last } = await three();
      const [firstId, lastId] = [await idOf(one), await idOf(last)];
      const selected = await admin().countSelected(null, of(one), "PENDING");
      expect(selected).to.deep.equal({ count: 3, firstId, lastId });
      const next = await admin().nextSelected(null, of(one), {
        ...{ status: "PENDING", afterId: firstId, upToId: lastId, max: 10 },
      });
      expect(next.map(({ aggregateVersion }) => aggregateVersion)).to.deep.equal([2, 3]);
      const none = await admin().countSelected(null, of(one), "DEAD");
      expect(none).to.deep.equal({ count: 0, firstId: undefined, lastId: undefined });
    });

    it("replays published messages only, and keeps their first publication time", async () => {
      const { one, two, last } = await three();
      await bucket.fail(last, { retryInMs: HOUR_MS });
      await bucket.publishDue();
      const ids = [await idOf(one), await idOf(two), await idOf(last)];
      const published = await admin().find(null, one.messageId);
      await db.passTime(1_000);
      const jobId = systemIds.uuid();
      expect(await replay([], jobId)).to.equal(0);
      expect(await replay(ids, jobId)).to.equal(2);
      expect(await replay(ids, systemIds.uuid()), "they are PENDING now").to.equal(0);
      expect(await bucket.dueIds()).to.deep.equal([one.messageId, two.messageId]);
      await bucket.publishDue();
      const again = await admin().find(null, one.messageId);
      expect(again).to.deep.include({ state: "PUBLISHED", replayJob: jobId, attempts: 1 });
      expect(sinceWritten(again)).to.equal(sinceWritten(published));
      const publications = await admin().listPublications(null, { ...one, ...published }, 10);
      expect(publications.map(({ replayJob }) => replayJob)).to.deep.equal([undefined, jobId]);
      const range = { firstId: ids[0] ?? 0, lastId: ids[2] ?? 0 };
      const replayed = await admin().countReplayed(null, jobId, range);
      expect([...replayed]).to.deep.equal([["PUBLISHED", 2]]);
    });

    it("replays no message that was published too long ago", async () => {
      const { one } = await three();
      await bucket.publishDue();
      await db.passTime(2 * MINUTE_MS);
      const ids = [await idOf(one)];
      expect(await admin().countPublishedBefore(null, of(one), MINUTE_MS)).to.equal(3);
      expect(await admin().countPublishedBefore(null, of(one), HOUR_MS)).to.equal(0);
      expect(await replay(ids, systemIds.uuid(), MINUTE_MS)).to.equal(0);
      expect(await replay(ids, systemIds.uuid(), HOUR_MS)).to.equal(1);
    });

    it("redrives a dead message with all its attempts, and the later ones follow", async () => {
      const { one, two, last } = await three();
      await bucket.fail(one, { dead: true });
      expect(await bucket.dueIds()).to.deep.equal([]);
      const ids = [await idOf(one), await idOf(two)];
      const redrive = () =>
        committed(db.other, ({ outboxAdmin }, tx) => outboxAdmin.redrive(tx, ids));
      expect(await redrive()).to.equal(1);
      expect(await redrive()).to.equal(0);
      const all = [one, two, last].map(({ messageId }) => messageId);
      expect(await bucket.dueIds()).to.deep.equal(all);
      const record = await admin().find(null, one.messageId);
      expect(record).to.include({ attempts: 0, lastError: undefined, state: "PENDING" });
    });

    it("discards a dead message with its audit record, and the later ones follow", async () => {
      const { one, two, last } = await three();
      await bucket.fail(one, { dead: true });
      const ids = [await idOf(one), await idOf(two)];
      const discard = () =>
        committed(db.other, ({ outboxAdmin }, tx) => outboxAdmin.discard(tx, ids, AUDIT_ID));
      expect(await discard()).to.equal(1);
      expect(await discard()).to.equal(0);
      const record = await admin().find(null, one.messageId);
      expect(record).to.include({ state: "DISCARDED", discardAudit: AUDIT_ID });
      expect(await bucket.dueIds()).to.deep.equal([two.messageId, last.messageId]);
      const [version] = await admin().listVersion(null, two);
      expect(version).to.include({ messageId: two.messageId, aggregateVersion: 2 });
      const later = await admin().listLater(null, one, 1);
      expect(later.map(({ aggregateVersion }) => aggregateVersion)).to.deep.equal([2]);
    });

    it("counts unpublished messages by bucket, and their errors, the latest first", async () => {
      const { one } = await three();
      const dead = bucket.message({ aggregateType: "payment" });
      await bucket.append(dead);
      await bucket.fail(one, { error: "no topic onsale.reservation", retryInMs: 24 * HOUR_MS });
      await bucket.fail(dead, { error: "too large", dead: true });
      const counts = (await admin().countByBucket(null)).find(
        (found) => found.bucket === bucket.number(),
      );
      expect(counts).to.include({ bucket: bucket.number(), pending: 3, dead: 1 });
      expect(counts?.oldestPendingAgeMs).to.be.within(0, MINUTE_MS);
      const [latest] = await admin().listFailures(null, 1);
      expect(latest).to.include({ aggregateType: "reservation", messages: 1 });
      expect(latest?.error).to.equal("no topic onsale.reservation");
    });

    it("counts the publications of the last moments, up to a limit", async () => {
      await three();
      await bucket.publishDue();
      expect(await admin().countPublications(null, HOUR_MS, 2)).to.equal(2);
      expect(await admin().countPublications(null, MINUTE_MS, 1_000)).to.be.at.least(3);
      await db.passTime(2 * MINUTE_MS);
      expect(await admin().countPublications(null, MINUTE_MS, 1_000)).to.equal(0);
    });
  });
}
