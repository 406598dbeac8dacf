import { type Notification, systemIds } from "@onsale/core";
import { expect } from "chai";
import { committed } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { useBucket } from "./outboxBucket.ts";
import { HOUR_MS, MINUTE_MS } from "./show.ts";

const AT_ONCE = { error: "late", retryInMs: 0, dead: false } as const;
const GIVEN_UP = { error: "late", retryInMs: 0, dead: true } as const;
const LATER = { error: "503", retryInMs: HOUR_MS, dead: false } as const;

/** Cases about marks of a process that lost its work to another one. */
export function lateMarkCases(db: DatabaseUnderTest): void {
  describe("late marks of a sender of notifications in the database", () => {
    const take = () =>
      committed(db.core, ({ notifications }, tx) => notifications.takeDue(tx, 1_000, MINUTE_MS));

    /** A notification that two senders have taken, one after the hidden time of the other. */
    async function takenTwice(): Promise<readonly [Notification, Notification]> {
      await db.passTime(24 * HOUR_MS);
      const others = await take();
      await db.core.notifications.markDelivered(
        null,
        others.map(({ id }) => id),
      );
      const written = { messageId: systemIds.uuid(), body: {} };
      await committed(db.core, ({ notifications }, tx) => notifications.insert(tx, written));
      const ofBoth: Notification[] = [];
      for (const _sender of ["early", "late"]) {
        await db.passTime(2 * MINUTE_MS);
        ofBoth.push(...(await take()).filter(({ messageId }) => messageId === written.messageId));
      }
      const [early, late] = ofBoth;
      if (!early || !late) throw new Error("the hidden time of the first sender has passed");
      return [early, late];
    }
    const stored = async ({ messageId }: Notification) =>
      (await db.other.deliveryLog.list(null, { messageId }, { max: 1 }))[0];

    it("change nothing while the next sender posts the notification", async () => {
      const [early, late] = await takenTwice();
      const before = await stored(late);
      for (const failure of [AT_ONCE, GIVEN_UP]) {
        expect(await db.core.notifications.markFailed(null, early, failure)).to.equal(false);
      }
      await db.core.notifications.postpone(null, [early], 0);
      expect(await stored(late)).to.deep.equal(before);
      expect(await db.core.notifications.markFailed(null, late, LATER)).to.equal(true);
    });

    it("change nothing after the next sender has failed, too", async () => {
      const [early, late] = await takenTwice();
      await db.core.notifications.markFailed(null, late, LATER);
      const before = await stored(late);
      expect(before).to.include({ attempts: 1, lastError: "503" });
      expect(await db.core.notifications.markFailed(null, early, AT_ONCE)).to.equal(false);
      await db.core.notifications.postpone(null, [early], 0);
      expect(await stored(late)).to.deep.equal(before);
    });

    it("that the receiver accepted the notification count", async () => {
      const [early, late] = await takenTwice();
      await db.core.notifications.markDelivered(null, [early.id]);
      expect(await db.core.notifications.markFailed(null, late, LATER)).to.equal(false);
      expect(await stored(late)).to.include({ status: "DELIVERED" });
    });
  });

  describe("late marks of a relay in the database", () => {
    const bucket = useBucket(db);

    it("change nothing after the next relay has failed, too", async () => {
      const written = bucket.message();
      await bucket.append(written);
      const [read] = await bucket.due();
      if (!read) throw new Error("it is due");
      expect(await db.core.outbox.markFailed(null, read, LATER)).to.equal(true);
      const find = () => db.other.outboxAdmin.find(null, written.messageId);
      const before = await find();
      expect(before).to.include({ attempts: 1, lastError: "503" });
      for (const failure of [AT_ONCE, GIVEN_UP]) {
        expect(await db.core.outbox.markFailed(null, read, failure)).to.equal(false);
      }
      expect(await db.core.outbox.postpone(null, [read], AT_ONCE)).to.equal(0);
      expect(await find()).to.deep.equal(before);
    });
  });
}
