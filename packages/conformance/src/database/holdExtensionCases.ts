import { expect } from "chai";
import { type Act, committed } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { move } from "./reservationStoreCases.ts";
import { held, MINUTE_MS, newShow, SECOND_MS } from "./show.ts";

/** Cases about holds that get a later end. */
export function holdExtensionCases(db: DatabaseUnderTest): void {
  describe("a hold in the database that is extended", () => {
    endCases(db);
    seatCases(db);
  });
}

const extend =
  (id: number, holdMs: number, latest: Date): Act<Date | undefined> =>
  ({ reservations }, tx) =>
    reservations.extend(tx, { id, holdMs, latest });
const extendSeats =
  (id: number, expiresAt: Date): Act<number> =>
  ({ seats }, tx) =>
    seats.extend(tx, id, expiresAt);

function endCases(db: DatabaseUnderTest): void {
  const find = (id: number) => db.other.reservations.find(null, id);
  const inMs = (ms: number) => new Date(db.core.clock.nowMs() + ms);

  it("ends the given time from now, or at the latest time, and no other hold does", async () => {
    const [{ seatIds }, show] = [await newShow(db.core, 2), await newShow(db.core, 1)];
    const id = await held(db.core, seatIds, { holdMs: MINUTE_MS });
    const other = await held(db.core, show.seatIds, { holdMs: MINUTE_MS });
    const before = await find(other);
    const latest = inMs(10 * MINUTE_MS);
    const once = await committed(db.core, extend(id, 5 * MINUTE_MS, latest));
    const leftMs = (once?.getTime() ?? 0) - db.core.clock.nowMs();
    expect(leftMs).to.be.within(5 * MINUTE_MS - 10 * SECOND_MS, 5 * MINUTE_MS + SECOND_MS);
    expect((await find(id))?.expiresAt).to.deep.equal(once);
    expect(await committed(db.core, extend(id, 20 * MINUTE_MS, latest))).to.deep.equal(latest);
    expect(await find(id)).to.deep.include({ expiresAt: latest, status: "PENDING", version: 1 });
    expect(await find(other)).to.deep.equal(before);
  });

  it("never ends earlier than before", async () => {
    const { seatIds } = await newShow(db.core, 1);
    const id = await held(db.core, seatIds, { holdMs: 5 * MINUTE_MS });
    const before = await find(id);
    const latest = inMs(10 * MINUTE_MS);
    expect(await committed(db.core, extend(id, MINUTE_MS, latest))).to.equal(undefined);
    expect(await committed(db.core, extend(id, 9 * MINUTE_MS, inMs(0)))).to.equal(undefined);
    expect(await find(id)).to.deep.equal(before);
  });

  it("is live: one that is over, paid or cancelled stays as it is", async () => {
    const ids: number[] = [];
    for (const end of ["expire", "confirm", "cancel"] as const) {
      const { seatIds } = await newShow(db.core, 1);
      const holdMs = end === "expire" ? MINUTE_MS : 10 * MINUTE_MS;
      const id = await held(db.core, seatIds, { holdMs });
      if (end !== "expire") await committed(db.core, move(end, id));
      ids.push(id);
    }
    await db.passTime(2 * MINUTE_MS);
    for (const id of ids) {
      const before = await find(id);
      const latest = inMs(60 * MINUTE_MS);
      expect(await committed(db.core, extend(id, 50 * MINUTE_MS, latest))).to.equal(undefined);
      expect(await find(id)).to.deep.equal(before);
    }
  });
}

function seatCases(db: DatabaseUnderTest): void {
  const endsOf = async (seatIds: readonly number[]) =>
    (await db.other.seats.find(null, seatIds)).map(({ holdExpiresAt }) => holdExpiresAt);
  const inMs = (ms: number) => new Date(db.core.clock.nowMs() + ms);

  it("has its held seats until the same time, and no seat that another hold has", async () => {
    const { seatIds } = await newShow(db.core, 3);
    const [one = 0, two = 0, three = 0] = seatIds;
    const id = await held(db.core, [one, two], { holdMs: 5 * MINUTE_MS });
    const other = await held(db.core, [three], { holdMs: 5 * MINUTE_MS });
    const [, , before] = await endsOf(seatIds);
    const end = inMs(8 * MINUTE_MS);
    expect(await committed(db.core, extendSeats(id, end))).to.equal(2);
    expect(await endsOf(seatIds)).to.deep.equal([end, end, before]);
    await committed(db.core, ({ seats }, tx) => seats.release(tx, id, "HELD"));
    const next = await held(db.core, [one], { holdMs: 5 * MINUTE_MS });
    const ends = await endsOf(seatIds);
    expect(await committed(db.core, extendSeats(id, end)), "seats that it lost").to.equal(0);
    expect(await endsOf(seatIds)).to.deep.equal(ends);
    await committed(db.core, async (core, tx) => {
      await core.reservations.confirm(tx, next, 1);
      await core.seats.confirm(tx, next, 1);
    });
    expect(await committed(db.core, extendSeats(next, end)), "sold seats").to.equal(0);
    expect(await committed(db.core, extendSeats(other, end))).to.equal(1);
  });
}
