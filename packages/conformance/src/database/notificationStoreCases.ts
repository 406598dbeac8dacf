import type { Notification } from "@onsale/core";
import { systemIds } from "@onsale/core";
import { expect } from "chai";
import { type Act, answerAfterWaiting, besideOpen, committed, ENDS } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, lastTaken, MINUTE_MS } from "./show.ts";

/** A limit that is larger than the number of notifications of any case. */
const ALL = 1_000;

const take =
  (max = ALL, hiddenMs = MINUTE_MS): Act<readonly Notification[]> =>
  ({ notifications }, tx) =>
    notifications.takeDue(tx, max, hiddenMs);
const textsOf = (notifications: readonly Notification[]): unknown[] =>
  notifications.map(({ body }) => body.text);
const idsOf = (notifications: readonly Notification[]): number[] =>
  notifications.map(({ id }) => id);

/** Cases about notifications for the receiver. */
export function notificationStoreCases(db: DatabaseUnderTest): void {
  describe("notifications in the database", () => {
    let deadBefore = 0;
    beforeEach("deletes the notifications of earlier cases", async () => {
      await db.passTime(24 * HOUR_MS);
      for (let left = await committed(db.core, take()); left.length > 0; ) {
        await db.core.notifications.markDelivered(null, idsOf(left));
        left = await committed(db.core, take());
      }
      await db.passTime(24 * HOUR_MS);
      await clean(0, ALL);
      deadBefore = (await db.core.notifications.counts(null)).dead;
    });

    const owe = async (...texts: string[]): Promise<void> => {
      for (const text of texts) {
        await committed(db.core, ({ notifications }, tx) =>
          notifications.insert(tx, { messageId: systemIds.uuid(), body: { text } }),
        );
        await db.passTime(1);
      }
    };
    const takeOne = async (): Promise<Notification> => {
      const [one] = await committed(db.core, take(1));
      if (!one) throw new Error("no notification is due");
      return one;
    };
    const fail = (id: number, failure: { error?: string; retryInMs?: number; dead?: boolean }) => {
      const { error = "503", retryInMs = 0, dead = false } = failure;
      return db.core.notifications.markFailed(null, lastTaken(id), { error, retryInMs, dead });
    };
    const clean = (ageMs: number, max: number): Promise<number> =>
      committed(db.core, ({ notifications }, tx) => notifications.cleanUp(tx, ageMs, max));
    const counts = async (): Promise<{ owed: number; delivered: number; dead: number }> => {
      const all = await db.other.notifications.counts(null);
      return { ...all, dead: all.dead - deadBefore };
    };

    it("are taken as they were written, even two for one message", async () => {
      const messageId = systemIds.uuid();
      const body = { text: `it's "é" \\ :id ? 표 \u{1F3AB}`, list: [1, { two: null }] };
      for (let times = 0; times < 2; times += 1) {
        await committed(db.core, ({ notifications }, tx) =>
          notifications.insert(tx, { messageId, body }),
        );
      }
      const notifications = await committed(db.other, take());
      for (const notification of notifications)
        expect(notification).to.deep.include({ messageId, body, attempts: 0 });
      expect(new Set(idsOf(notifications)).size).to.equal(2);
    });

    it("are taken oldest first, and are then hidden from the next caller", async () => {
      await owe("first", "second", "third");
      expect(await committed(db.core, take(0))).to.deep.equal([]);
      expect(textsOf(await committed(db.core, take(2)))).to.deep.equal(["first", "second"]);
      expect(textsOf(await committed(db.other, take()))).to.deep.equal(["third"]);
      expect(await committed(db.core, take())).to.deep.equal([]);
    });

    /** Creates a notification for each reservation, in this order. */
    const oweFor = async (...reservationIds: number[]): Promise<void> => {
      for (const [at, reservationId] of reservationIds.entries()) {
        const body = { text: `${reservationId}:${at}` };
        await committed(db.core, ({ notifications }, tx) =>
          notifications.insert(tx, { messageId: systemIds.uuid(), body, reservationId }),
        );
        await db.passTime(1);
      }
    };

    it("of a reservation are taken one after the other, in the order of their ids", async () => {
      await oweFor(7, 7, 8, 7);
      const taken = await committed(db.core, take());
      expect(textsOf(taken)).to.deep.equal(["7:0", "8:2"]);
      expect(taken[0]?.reservationId).to.equal(7);
      expect(await committed(db.other, take()), "while the first is posted").to.deep.equal([]);
      await db.core.notifications.markDelivered(null, idsOf(taken));
      expect(textsOf(await committed(db.other, take()))).to.deep.equal(["7:1"]);
    });

    it("of one reservation are taken once by two processes", async () => {
      await oweFor(10, 10);
      await besideOpen(db.core, async (first) => {
        expect(textsOf(await first.act(take()))).to.deep.equal(["10:0"]);
        expect(await committed(db.other, take()), "before its commit").to.deep.equal([]);
      });
    });

    it("are due later and keep their attempts when they are postponed", async () => {
      await owe("one");
      const { id } = await takeOne();
      await db.core.notifications.postpone(null, [lastTaken(id)], MINUTE_MS);
      expect(await committed(db.core, take())).to.deep.equal([]);
      await db.passTime(MINUTE_MS);
      expect((await takeOne()).attempts).to.equal(0);
    });

    it("are taken again after the hidden time when their sender has died", async () => {
      await owe("one");
      await takeOne();
      await db.passTime(MINUTE_MS / 2);
      expect(await committed(db.core, take())).to.deep.equal([]);
      await db.passTime(MINUTE_MS);
      expect(textsOf(await committed(db.core, take(1, 0)))).to.deep.equal(["one"]);
      expect(textsOf(await committed(db.core, take())), "hidden for no time").to.deep.equal([
        "one",
      ]);
    });

    it("are due immediately when the transaction that took them rolls back", async () => {
      await owe("one");
      await besideOpen(db.core, async (sender) => {
        expect(await sender.act(take())).to.have.length(1);
        await sender.end("rollback");
      });
      expect(await committed(db.core, take())).to.have.length(1);
    });

    it("are not due before they are committed", async () => {
      await besideOpen(db.core, async (writer) => {
        const notification = { messageId: systemIds.uuid(), body: { text: "early" } };
        await writer.act(({ notifications }, tx) => notifications.insert(tx, notification));
        expect(await committed(db.other, take())).to.deep.equal([]);
        expect(await counts()).to.include({ owed: 0 });
        expect(textsOf(await writer.act(take())), "but by their writer").to.deep.equal(["early"]);
      });
    });

    it("are taken once each by two parallel processes, without waiting", async () => {
      await owe("first", "second");
      await besideOpen(db.core, async (first) => {
        expect(textsOf(await first.act(take(1)))).to.deep.equal(["first"]);
        await besideOpen(db.other, async (second) => {
          expect(textsOf(await second.act(take()))).to.deep.equal(["second"]);
          expect(await committed(db.core, take()), "a third").to.deep.equal([]);
        });
      });
    });

    it("are counted as owed, delivered and dead", async () => {
      await owe("one", "two", "three", "four");
      const [one = 0, two = 0] = idsOf(await committed(db.core, take(2)));
      await db.core.notifications.markDelivered(null, []);
      expect(await counts()).to.deep.equal({ owed: 4, delivered: 0, dead: 0 });
      await db.core.notifications.markDelivered(null, [one, one, 999_999_999]);
      await fail(two, { error: "표".repeat(2_000), dead: true });
      expect(await counts()).to.deep.equal({ owed: 2, delivered: 1, dead: 1 });
    });

    it("are read as a backlog with the oldest age and an error", async () => {
      const { notifications } = db.other;
      expect(await notifications.backlog(null)).to.deep.equal({
        ...{ owed: 0, oldestAgeMs: 0, error: undefined },
      });
      await owe("one", "two");
      await fail((await takeOne()).id, { error: "503", retryInMs: HOUR_MS });
      await db.passTime(MINUTE_MS);
      const { owed, oldestAgeMs, error } = await notifications.backlog(null);
      expect({ owed, error }).to.deep.equal({ owed: 2, error: "503" });
      expect(oldestAgeMs).to.be.within(MINUTE_MS, 2 * MINUTE_MS);
    });

    it("are made due when they failed and wait long, and not while they are posted", async () => {
      const makeDue = (max: number) =>
        committed(db.core, ({ notifications }, tx) => notifications.makeDue(tx, MINUTE_MS, max));
      const postponed = () => db.other.notifications.countPostponed(null, MINUTE_MS);
      await owe("failed", "failed too", "posted", "failed and posted");
      const [first = 0, second = 0, , last = 0] = idsOf(await committed(db.core, take()));
      await fail(last, { retryInMs: 0 });
      await committed(db.core, take(1, MINUTE_MS / 2));
      await owe("posted for long", "delivered at last");
      const [, delivered = 0] = idsOf(await committed(db.core, take(2, HOUR_MS)));
      for (const id of [first, second, delivered]) await fail(id, { retryInMs: HOUR_MS });
      await db.core.notifications.markDelivered(null, [delivered]);
      expect(await postponed()).to.equal(2);
      expect([await makeDue(1), await makeDue(2), await makeDue(2)]).to.deep.equal([1, 1, 0]);
      expect(await postponed()).to.equal(0);
      const due = textsOf(await committed(db.core, take()));
      expect(due).to.have.members(["failed", "failed too"]);
    });

    it("begin their attempts anew when they are made due", async () => {
      await owe("made due", "other");
      const [made = 0, other = 0] = idsOf(await committed(db.core, take()));
      for (const retryInMs of [0, 0, HOUR_MS]) await fail(made, { retryInMs });
      for (const retryInMs of [0, 0]) await fail(other, { retryInMs });
      await committed(db.core, ({ notifications }, tx) => notifications.makeDue(tx, MINUTE_MS, 10));
      const taken = await committed(db.core, take());
      const attemptsOf = (id: number) => taken.find((one) => one.id === id)?.attempts;
      expect([attemptsOf(made), attemptsOf(other)]).to.deep.equal([1, 2]);
    });

    it("are due again after a failure, when the pause is over", async () => {
      await owe("one");
      const { id } = await takeOne();
      await fail(id, { retryInMs: 0, error: "" });
      expect((await takeOne()).attempts).to.equal(1);
      await fail(id, { retryInMs: MINUTE_MS });
      await db.passTime(MINUTE_MS / 2);
      expect(await committed(db.core, take())).to.deep.equal([]);
      await db.passTime(MINUTE_MS);
      expect((await takeOne()).attempts).to.equal(2);
    });

    it("are neither taken nor changed when they are delivered or dead", async () => {
      await owe("delivered", "dead");
      const [delivered = 0, dead = 0] = idsOf(await committed(db.core, take()));
      await db.core.notifications.markDelivered(null, [delivered]);
      await fail(dead, { dead: true });
      await fail(delivered, { dead: true });
      await fail(999_999_999, { dead: true });
      await db.core.notifications.markDelivered(null, [dead]);
      await fail(dead, { retryInMs: 0 });
      await db.passTime(HOUR_MS);
      expect(await committed(db.core, take())).to.deep.equal([]);
      expect(await counts()).to.deep.equal({ owed: 0, delivered: 1, dead: 1 });
    });

    for (const end of ENDS) {
      it(`keep the first of two marks unless its transaction rolls back (${end})`, async () => {
        await owe("one");
        const { id } = await takeOne();
        await answerAfterWaiting(db, {
          first: ({ notifications }, tx) => notifications.markDelivered(tx, [id]),
          end,
          second: ({ notifications }, tx) =>
            notifications.markFailed(tx, lastTaken(id), {
              error: "503",
              retryInMs: 0,
              dead: false,
            }),
        });
        const attempts = (await committed(db.core, take())).map(
          (notification) => notification.attempts,
        );
        expect(attempts).to.deep.equal(end === "commit" ? [] : [1]);
        expect(await counts()).to.include({ delivered: end === "commit" ? 1 : 0 });
      });
    }

    it("are taken in the order of their due times, not of their ids", async () => {
      await owe("failed", "waiting");
      await fail((await takeOne()).id, { retryInMs: MINUTE_MS });
      await db.passTime(HOUR_MS);
      expect(textsOf(await committed(db.core, take(1)))).to.deep.equal(["waiting"]);
      expect(textsOf(await committed(db.core, take(1)))).to.deep.equal(["failed"]);
    });

    it("remain when they were due long ago and delivered recently", async () => {
      await owe("slow");
      const [{ id } = { id: 0 }] = await committed(db.core, take(1, 0));
      await db.passTime(HOUR_MS);
      await db.core.notifications.markDelivered(null, [id]);
      expect(await clean(2 * MINUTE_MS, ALL)).to.equal(0);
      expect(await counts()).to.include({ delivered: 1 });
    });

    it("are deleted in batches when delivered long ago; dead ones remain", async () => {
      await owe("one", "two", "three", "dead");
      const ids = idsOf(await committed(db.core, take()));
      const dead = ids.splice(3);
      await db.core.notifications.markDelivered(null, ids);
      await fail(dead[0] ?? 0, { dead: true });
      await db.passTime(HOUR_MS);
      await owe("young", "owed");
      await db.core.notifications.markDelivered(null, [(await takeOne()).id]);
      expect(await clean(2 * HOUR_MS, ALL)).to.equal(0);
      expect(await clean(2 * MINUTE_MS, 0)).to.equal(0);
      const batches = [await clean(2 * MINUTE_MS, 2), await clean(2 * MINUTE_MS, 2)];
      expect([...batches, await clean(2 * MINUTE_MS, 2)]).to.deep.equal([2, 1, 0]);
      expect(await counts()).to.deep.equal({ owed: 1, delivered: 1, dead: 1 });
    });
  });
}
