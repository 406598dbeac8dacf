import { expect } from "chai";
import { type Act, committed, failureOf } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { move } from "./reservationStoreCases.ts";
import { HOUR_MS, held, MINUTE_MS, newShow, only } from "./show.ts";

const UNKNOWN_ID = 999_999_999;

/** Cases about reservations that give back some of their seats. */
export function partialReleaseCases(db: DatabaseUnderTest): void {
  describe("a reservation that gives back some seats", () => {
    amountCases(db);
    seatCases(db);
  });
}

const release =
  (reservationId: number, seatIds: readonly number[], from: "HELD" | "SOLD"): Act<number> =>
  ({ seats }, tx) =>
    seats.releaseSome(tx, { reservationId, seatIds, from, version: 2 });

function amountCases(db: DatabaseUnderTest): void {
  const find = (id: number) => db.other.reservations.find(null, id);
  const freeSeats = async (): Promise<readonly number[]> => (await newShow(db.core, 2)).seatIds;
  const reduce =
    (id: number, status: "PENDING" | "CONFIRMED", version: number): Act<boolean> =>
    ({ reservations }, tx) =>
      reservations.reduce(tx, { id, status, version, amount: 100 });

  it("gets the lower amount once, at the version that was read", async () => {
    const { seatIds } = await newShow(db.core, 2);
    const [id, other] = [await held(db.core, seatIds), await held(db.core, await freeSeats())];
    expect(await committed(db.core, reduce(id, "CONFIRMED", 1)), "another state").to.equal(false);
    expect(await committed(db.core, reduce(id, "PENDING", 2)), "later").to.equal(false);
    expect(await committed(db.core, reduce(id, "PENDING", 1))).to.equal(true);
    expect(await find(id)).to.include({ amount: 100, version: 2, status: "PENDING" });
    expect(await committed(db.core, reduce(id, "PENDING", 1)), "again").to.equal(false);
    expect(await find(other)).to.include({ amount: 200, version: 1 });
  });

  it("gets it when it is paid, also after the end of the hold, but not unpaid", async () => {
    const [paid, unpaid] = [
      await held(db.core, await freeSeats(), { holdMs: MINUTE_MS }),
      await held(db.core, await freeSeats(), { holdMs: MINUTE_MS }),
    ];
    await committed(db.core, move("confirm", paid));
    await db.passTime(2 * MINUTE_MS);
    expect(await committed(db.core, reduce(unpaid, "PENDING", 1))).to.equal(false);
    expect(await committed(db.core, reduce(paid, "CONFIRMED", 2))).to.equal(true);
    expect(await find(paid)).to.include({ amount: 100, version: 3, status: "CONFIRMED" });
  });

  it("is locked only when it exists", async () => {
    const id = await held(db.core, await freeSeats());
    const lock = (one: number) =>
      committed(db.core, ({ reservations }, tx) => reservations.lock(tx, one));
    expect([await lock(id), await lock(UNKNOWN_ID)]).to.deep.equal([true, false]);
  });
}

function seatCases(db: DatabaseUnderTest): void {
  const find = (id: number) => db.other.reservations.find(null, id);
  const freeSeats = async (): Promise<readonly number[]> => (await newShow(db.core, 2)).seatIds;

  it("keeps its other seats, and every other reservation its own", async () => {
    const seatIds = await freeSeats();
    const [gone = 0, kept = 0] = seatIds;
    const [id, other] = [await held(db.core, seatIds), await held(db.core, await freeSeats())];
    const others = await find(other);
    const wrong = others?.seats.map(({ seatId }) => seatId) ?? [];
    expect(await committed(db.core, release(id, wrong, "HELD")), "seats of another").to.equal(0);
    expect(await committed(db.core, release(id, [gone], "HELD"))).to.equal(1);
    expect((await find(id))?.seats.map(({ seatId }) => seatId)).to.deep.equal([kept]);
    expect(await find(other)).to.deep.equal(others);
    const goneFrom = (one: number) => db.other.reservations.releasedSeatIds(null, one);
    expect([await goneFrom(id), await goneFrom(other)]).to.deep.equal([[gone], []]);
    const [free, left] = await db.other.seats.find(null, seatIds);
    expect(free).to.include({ status: "AVAILABLE", reservationId: undefined, version: 2 });
    expect(left).to.include({ status: "HELD", reservationId: id, version: 1 });
    expect(await committed(db.core, release(id, [gone], "HELD")), "again").to.equal(0);
    const next = await held(db.core, [gone], { holdMs: HOUR_MS });
    expect(await committed(db.core, release(id, [gone], "HELD")), "the next hold").to.equal(0);
    expect(only((await find(next))?.seats ?? [])).to.include({ seatId: gone });
    expect(await committed(db.core, ({ seats }, tx) => seats.release(tx, id, "HELD"))).to.equal(1);
  });

  it("gives back sold seats only as sold ones", async () => {
    const seatIds = await freeSeats();
    const id = await held(db.core, seatIds);
    await committed(db.core, async (core, tx) => {
      await core.reservations.confirm(tx, id, 1);
      await core.seats.confirm(tx, id, 2);
    });
    const statuses = async () =>
      (await db.other.seats.find(null, seatIds)).map(({ status }) => status);
    const one = seatIds.slice(0, 1);
    let count = 0;
    const failed = db.core.withTransaction(async (tx) => {
      count = await release(id, one, "HELD")(db.core, tx);
      throw new Error("the caller rolls back");
    });
    expect(await failureOf(failed)).to.be.instanceOf(Error);
    expect(count).to.equal(0);
    expect(await committed(db.core, release(id, one, "SOLD"))).to.equal(1);
    expect(await statuses()).to.deep.equal(["AVAILABLE", "SOLD"]);
  });
}
