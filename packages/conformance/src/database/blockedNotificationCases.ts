import { type Notification, systemIds } from "@onsale/core";
import { expect } from "chai";
import { besideOpen, committed } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, lastTaken, MINUTE_MS } from "./show.ts";

const ALL = 1_000;
/** More notifications than one read of a search returns. */
const MANY = 230;
const DEAD = { error: "410", retryInMs: HOUR_MS, dead: true } as const;

let lastReservationId = 800_000;

/** A reservation that no other case has. */
function newReservation(): number {
  lastReservationId += 1;
  return lastReservationId;
}

/** Cases about notifications behind one of their reservation that failed. */
export function blockedNotificationCases(db: DatabaseUnderTest): void {
  const acts = actsOf(db);
  const { take } = acts;
  describe("notifications behind a failed one in the database", () => {
    beforeEach("delivers the notifications of earlier cases", async () => {
      await db.passTime(24 * HOUR_MS);
      for (let left = await take(); left.length > 0; left = await take()) {
        await db.core.notifications.markDelivered(
          null,
          left.map(({ id }) => id),
        );
      }
    });
    waitCases(db, acts);
    searchCases(db, acts);
  });
}

type Acts = ReturnType<typeof actsOf>;

function actsOf(db: DatabaseUnderTest) {
  const take = (max = ALL) =>
    committed(db.core, ({ notifications }, tx) => notifications.takeDue(tx, max, MINUTE_MS));
  const owe = async (...reservationIds: readonly number[]): Promise<void> => {
    await committed(db.core, async ({ notifications }, tx) => {
      for (const [at, reservationId] of reservationIds.entries()) {
        const body = { text: `${at}` };
        await notifications.insert(tx, { messageId: systemIds.uuid(), body, reservationId });
      }
    });
    await db.passTime(1);
  };
  const fail = (id: number, retryInMs = HOUR_MS) =>
    db.core.notifications.markFailed(null, lastTaken(id), { error: "400", retryInMs, dead: false });
  /** Creates notifications of one reservation. The first has failed and waits for an hour. */
  async function blocked(count: number) {
    const reservationId = newReservation();
    await owe(reservationId);
    const [first] = await take();
    if (!first) throw new Error("it is due");
    await fail(first.id);
    await owe(...Array<number>(count).fill(reservationId));
    return { reservationId, first };
  }
  const dueMsOf = async (reservationId: number): Promise<number[]> => {
    const found = await db.other.deliveryLog.list(null, { reservationId }, { max: ALL });
    return found.map(({ nextAttemptAt }) => nextAttemptAt.getTime()).reverse();
  };
  const textsOf = (notifications: readonly Notification[]) =>
    notifications.map(({ body }) => body.text);
  const end = (reservationId: number, { id }: { id: number }, isDead = false) =>
    committed(db.core, async ({ notifications }, tx) => {
      if (isDead) await notifications.markFailed(tx, lastTaken(id), DEAD);
      else await notifications.markDelivered(tx, [id]);
      await notifications.resume(tx, [reservationId]);
    });
  return { take, owe, blocked, dueMsOf, textsOf, end };
}

function waitCases(db: DatabaseUnderTest, acts: Acts): void {
  const { take, owe, blocked, dueMsOf, textsOf, end } = acts;

  for (const how of ["delivered", "given up"] as const) {
    it(`are due after it, and at once when it is ${how}`, async () => {
      const { reservationId, first } = await blocked(2);
      expect(await take()).to.deep.equal([]);
      const [firstMs = 0, ...others] = await dueMsOf(reservationId);
      expect(others).to.deep.equal([firstMs + 1, firstMs + 1]);
      await end(reservationId, first, how === "given up");
      const taken = await take();
      expect(textsOf(taken)).to.deep.equal(["0"]);
      await db.core.notifications.markDelivered(null, [taken[0]?.id ?? 0]);
      expect(textsOf(await take())).to.deep.equal(["1"]);
    });
  }

  it("are taken after it when its next attempt succeeds", async () => {
    const { reservationId, first } = await blocked(1);
    await take();
    await db.passTime(HOUR_MS + MINUTE_MS);
    expect((await take()).map(({ id }) => id)).to.deep.equal([first.id]);
    expect(await take(), "while it is posted").to.deep.equal([]);
    await end(reservationId, first);
    expect(textsOf(await take())).to.deep.equal(["0"]);
  });

  it("stay due while one in front of them that has not failed is posted", async () => {
    const reservationId = newReservation();
    await owe(reservationId, reservationId);
    const [, before = 0] = await dueMsOf(reservationId);
    await take();
    expect(await take()).to.deep.equal([]);
    expect((await dueMsOf(reservationId))[1]).to.equal(before);
  });
}

function searchCases(db: DatabaseUnderTest, acts: Acts): void {
  const { take, owe, blocked, dueMsOf, end } = acts;

  it("are passed over when many of them are due before another", async () => {
    const { reservationId } = await blocked(MANY);
    await owe(newReservation());
    expect(await take(1)).to.have.length(1);
    expect(await take(1)).to.deep.equal([]);
    const all = await db.core.deliveryLog.list(null, { reservationId }, { max: ALL });
    await db.core.notifications.markDelivered(
      null,
      all.map(({ id }) => id),
    );
  });

  it("stay due while another transaction ends the failed one", async () => {
    const { reservationId, first } = await blocked(1);
    await besideOpen(db.core, async (ender) => {
      await ender.act(({ notifications }, tx) => notifications.markDelivered(tx, [first.id]));
      const search = committed(db.other, ({ notifications }, tx) =>
        notifications.takeDue(tx, ALL, MINUTE_MS),
      );
      expect(await search).to.deep.equal([]);
      await ender.act(({ notifications }, tx) => notifications.resume(tx, [reservationId]));
    });
  });

  it("resume with their reservation only, and keep their place", async () => {
    const one = await blocked(1);
    const two = await blocked(1);
    await take();
    const [ended, due] = [newReservation(), newReservation()];
    await owe(ended, due);
    const [{ id = 0 } = {}] = await take();
    await db.core.notifications.markFailed(null, lastTaken(id), DEAD);
    const before = [await dueMsOf(two.reservationId), await dueMsOf(ended)];
    await owe(one.reservationId);
    await db.passTime(MINUTE_MS);
    const oldest = await dueMsOf(one.reservationId);
    await end(one.reservationId, one.first);
    await committed(db.core, ({ notifications }, tx) => notifications.resume(tx, [ended]));
    const after = [await dueMsOf(two.reservationId), await dueMsOf(ended)];
    const passedMs = (before[0]?.[0] ?? 0) - (after[0]?.[0] ?? 0);
    expect(after).to.deep.equal(before.map((times) => times.map((ms) => ms - passedMs)));
    expect((await dueMsOf(one.reservationId))[2], "due before").to.equal(oldest[2]);
  });
}
