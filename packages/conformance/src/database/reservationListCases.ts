import type { CoreContext, Tx } from "@onsale/core";
import { expect } from "chai";
import { answerAtOnce, besideOpen, committed, ENDS } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, held, hold, MINUTE_MS, newSeat, newShow, newUserId } from "./show.ts";

/** A limit that is larger than the number of overdue reservations of any case. */
const ALL = 1_000;

/** Cases about the reservations that a buyer sees, and about those that the reaper gets. */
export function reservationListCases(db: DatabaseUnderTest): void {
  describe("the reservations of a user", () => {
    const idsOf = async (
      userId: number,
      page: { limit: number; beforeId?: number },
    ): Promise<number[]> => {
      const found = await db.other.reservations.ofUser(null, userId, page);
      return found.map((reservation) => reservation.id);
    };

    /**
     * Holds seats one after the other, with a pause between two reservations, so that their order
     * is certain.
     */
    async function heldInOrder(userId: number, ids: readonly number[]): Promise<void> {
      for (const reservationId of ids) {
        const act = hold({ reservationId, seatIds: [await newSeat(db.core)], userId });
        await committed(db.core, act);
        await db.passTime(1);
      }
    }

    async function nextIds(count: number): Promise<number[]> {
      const ids: number[] = [];
      while (ids.length < count) ids.push(await db.core.idAllocator.next("reservation"));
      return ids;
    }

    it("are listed newest first, page by page", async () => {
      const [userId, another] = [newUserId(), newUserId()];
      const ids = await nextIds(5);
      await heldInOrder(userId, ids);
      await heldInOrder(another, await nextIds(1));
      const newest = ids.toReversed();
      expect(await idsOf(userId, { limit: 10 })).to.deep.equal(newest);
      expect(await idsOf(userId, { limit: 2 })).to.deep.equal(newest.slice(0, 2));
      const [, second = 0, , , oldest = 0] = newest;
      expect(await idsOf(userId, { limit: 2, beforeId: second })).to.deep.equal(newest.slice(2, 4));
      expect(await idsOf(userId, { limit: 2, beforeId: oldest })).to.deep.equal([]);
      expect(await idsOf(userId, { limit: 0 })).to.deep.equal([]);
    });

    it("are ordered by the time of creation, not by id", async () => {
      const userId = newUserId();
      const [low = 0, middle = 0, high = 0] = await nextIds(3);
      await heldInOrder(userId, [high, low, middle]);
      expect(await idsOf(userId, { limit: 10 })).to.deep.equal([middle, low, high]);
      expect(await idsOf(userId, { limit: 10, beforeId: low })).to.deep.equal([high]);
      expect(await idsOf(userId, { limit: 10, beforeId: middle })).to.deep.equal([low, high]);
    });

    it("are none for an unknown user, and none after a cursor of another user", async () => {
      const [userId, another] = [newUserId(), newUserId()];
      const [mine = 0, theirs = 0] = await nextIds(2);
      await heldInOrder(userId, [mine]);
      await heldInOrder(another, [theirs]);
      expect(await idsOf(newUserId(), { limit: 10 })).to.deep.equal([]);
      expect(await idsOf(userId, { limit: 10, beforeId: theirs })).to.deep.equal([]);
      expect(await idsOf(userId, { limit: 10, beforeId: 999_999_999 })).to.deep.equal([]);
    });

    it("are listed with their state, and with their seats sorted by id", async () => {
      const userId = newUserId();
      const { seatIds } = await newShow(db.core, 4);
      const one = await held(db.core, seatIds.slice(0, 2), { userId });
      await db.passTime(1);
      const two = await held(db.core, seatIds.slice(2), { userId });
      await committed(db.core, ({ reservations }, tx) => reservations.cancel(tx, one, 1));
      const found = await db.core.reservations.ofUser(null, userId, { limit: 10 });
      const singly = [two, one].map((id) => db.core.reservations.find(null, id));
      expect(found).to.deep.equal(await Promise.all(singly));
      expect(found.map(({ seats }) => seats.map(({ seatId }) => seatId))).to.deep.equal([
        seatIds.slice(2),
        seatIds.slice(0, 2),
      ]);
    });

    it("are listed to their own transaction before the commit", async () => {
      const userId = newUserId();
      const seatIds = [await newSeat(db.core)];
      const reservationId = await db.core.idAllocator.next("reservation");
      await db.core.withTransaction(async (tx) => {
        await hold({ reservationId, seatIds, userId })(db.core, tx);
        const own = await db.core.reservations.ofUser(tx, userId, { limit: 10 });
        expect(own.map(({ id }) => id)).to.deep.equal([reservationId]);
        expect(await idsOf(userId, { limit: 10 })).to.deep.equal([]);
      });
    });
  });

  describe("the reservations that operators list", () => {
    it("are selected by user, performance and state, in pages from the highest id", async () => {
      const [userId, another] = [newUserId(), newUserId()];
      const [show, other] = [await newShow(db.core, 3), await newShow(db.core, 1)];
      const own = [
        await held(db.core, show.seatIds.slice(0, 1), { userId }),
        await held(db.core, show.seatIds.slice(1, 2), { userId }),
        await held(db.core, other.seatIds, { userId }),
      ].sort((a, b) => b - a);
      const theirs = await held(db.core, show.seatIds.slice(2), { userId: another });
      const [first = 0, second = 0, third = 0] = own;
      await committed(db.core, ({ reservations }, tx) => reservations.cancel(tx, second, 1));
      const any = { userId: undefined, performanceId: undefined, status: undefined };
      const idsOf = async (
        selection: object,
        page: { limit: number; beforeId?: number } = { limit: 10 },
      ) => {
        const all = { ...any, isOverdue: false, ...selection };
        return (await db.other.reservations.list(null, all, page)).map(({ id }) => id);
      };
      expect(await idsOf({ userId })).to.deep.equal(own);
      expect(await idsOf({ userId }, { limit: 1 })).to.deep.equal([first]);
      expect(await idsOf({ userId }, { limit: 9, beforeId: second })).to.deep.equal([third]);
      expect(await idsOf({ userId, status: "CANCELLED" })).to.deep.equal([second]);
      expect(await idsOf({ userId, isOverdue: true })).to.deep.equal([]);
      const { performanceId } = other;
      expect(await idsOf({ performanceId })).to.have.length(1);
      expect(await idsOf({ userId: another, performanceId })).to.deep.equal([]);
      const ofShow = await idsOf({ performanceId: show.performanceId });
      expect(ofShow).to.have.length(3).and.include(theirs);
      const [newest = 0] = await idsOf({}, { limit: 1 });
      expect(newest).to.be.at.least(Math.max(first, theirs));
      const [found] = await db.other.reservations.list(
        null,
        { ...any, userId, isOverdue: false },
        { limit: 1 },
      );
      expect(found).to.deep.equal(await db.core.reservations.find(null, first));
    });

    it("are only overdue holds when the operator selects overdue ones", async () => {
      const [userId, { seatIds }] = [newUserId(), await newShow(db.core, 2)];
      const overdueId = await held(db.core, seatIds.slice(0, 1), { userId, holdMs: MINUTE_MS });
      await held(db.core, seatIds.slice(1), { userId, holdMs: HOUR_MS });
      await db.passTime(2 * MINUTE_MS);
      const selection = { userId, performanceId: undefined, status: undefined, isOverdue: true };
      const [only, ...more] = await db.core.reservations.list(null, selection, { limit: 10 });
      expect(only).to.include({ id: overdueId, overdue: true });
      expect(more).to.deep.equal([]);
      const all = await db.core.reservations.list(
        null,
        { ...selection, userId: undefined, performanceId: only?.performanceId },
        { limit: 10 },
      );
      expect(all).to.deep.equal([only]);
    });
  });

  describe("lockOverdue", () => {
    const lockOverdue = ({ reservations }: CoreContext, tx: Tx): Promise<readonly number[]> =>
      reservations.lockOverdue(tx, ALL);
    const expire = (core: CoreContext, max: number): Promise<readonly number[]> =>
      core.withTransaction(async (tx) => {
        const ids = await core.reservations.lockOverdue(tx, max);
        for (const id of ids) await core.reservations.expire(tx, id);
        return ids;
      });

    beforeEach("ends the reservations of earlier cases", async () => {
      await db.passTime(24 * HOUR_MS);
      await expire(db.core, ALL);
    });

    /** Makes overdue reservations. Each is overdue for a minute longer than the one before it. */
    async function overdue(count: number): Promise<number[]> {
      const { seatIds } = await newShow(db.core, count);
      const ids: number[] = [];
      for (const [index, seatId] of seatIds.entries()) {
        const holdMs = HOUR_MS - index * MINUTE_MS;
        ids.push(await held(db.core, [seatId], { holdMs }));
      }
      await db.passTime(HOUR_MS + MINUTE_MS);
      return ids.toReversed();
    }

    it("locks overdue reservations oldest first, up to the limit", async () => {
      const ids = await overdue(4);
      expect(await expire(db.core, 0)).to.deep.equal([]);
      expect(await expire(db.core, 3)).to.deep.equal(ids.slice(0, 3));
      expect(await expire(db.other, 3)).to.deep.equal(ids.slice(3));
      expect(await expire(db.core, 3)).to.deep.equal([]);
    });

    it("locks no unexpired or ended reservations", async () => {
      const [cancelled = 0, left = 0] = await overdue(2);
      await held(db.core, [await newSeat(db.core)], { holdMs: HOUR_MS });
      const paid = await held(db.core, [await newSeat(db.core)], { holdMs: MINUTE_MS });
      await committed(db.core, ({ reservations }, tx) => reservations.confirm(tx, paid, 1));
      await committed(db.core, ({ reservations }, tx) => reservations.cancel(tx, cancelled, 1));
      await db.passTime(2 * MINUTE_MS);
      expect(await committed(db.core, lockOverdue)).to.deep.equal([left]);
    });

    it("locks each overdue reservation for one of two processes, without waiting", async () => {
      const ids = await overdue(3);
      await besideOpen(db.core, async (first) => {
        expect(
          await first.act(({ reservations }, tx) => reservations.lockOverdue(tx, 2)),
        ).to.deep.equal(ids.slice(0, 2));
        await besideOpen(db.other, async (second) => {
          expect(await second.act(lockOverdue)).to.deep.equal(ids.slice(2));
          expect(await committed(db.core, lockOverdue), "a third").to.deep.equal([]);
        });
      });
    });

    for (const end of ENDS) {
      it(`skips overdue reservations of another transaction until its ${end}`, async () => {
        const [busy = 0, free = 0] = await overdue(2);
        await besideOpen(db.core, async (worker) => {
          await worker.act(({ reservations }, tx) => reservations.cancel(tx, busy, 1));
          expect(await committed(db.other, lockOverdue)).to.deep.equal([free]);
          await worker.end(end);
        });
        const left = end === "commit" ? [free] : [busy, free];
        expect(await committed(db.other, lockOverdue)).to.deep.equal(left);
      });
    }

    it("lets another reservation end while overdue ones are locked", async () => {
      const paid = await held(db.core, [await newSeat(db.core)], { holdMs: MINUTE_MS });
      await committed(db.core, ({ reservations }, tx) => reservations.confirm(tx, paid, 1));
      const [locked = 0] = await overdue(1);
      const alive = await held(db.core, [await newSeat(db.core)]);
      const race = {
        first: async ({ reservations }: CoreContext, tx: Tx) => {
          expect(await reservations.lockOverdue(tx, 1)).to.deep.equal([locked]);
        },
        second: async ({ reservations }: CoreContext, tx: Tx) => [
          await reservations.expire(tx, paid),
          await reservations.expire(tx, alive),
          await reservations.cancel(tx, alive, 1),
        ],
      };
      expect(await answerAtOnce(db, race)).to.deep.equal([false, false, true]);
    });

    it("locks overdue reservations again after a rollback", async () => {
      const ids = await overdue(2);
      await besideOpen(db.core, async (locker) => {
        expect(await locker.act(lockOverdue)).to.deep.equal(ids);
        await locker.end("rollback");
      });
      expect(await committed(db.other, lockOverdue)).to.deep.equal(ids);
    });
  });
}
