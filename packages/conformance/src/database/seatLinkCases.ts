import { expect } from "chai";
import { type Act, committed } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, held, MINUTE_MS, newShow, only, take } from "./show.ts";

/**
 * Cases about the proof that an extension and a partial release need: a live link of the same
 * reservation to the seat, with the version of the seat. No workflow leaves the records as these
 * cases make them; the conditions keep a mistake elsewhere from spreading to another buyer's seat.
 */
export function seatLinkCases(db: DatabaseUnderTest): void {
  describe("the seats of a reservation without its live link", () => {
    linkCases(db);
    endedCases(db);
  });
}

const extend =
  (id: number, expiresAt: Date): Act<number> =>
  ({ seats }, tx) =>
    seats.extend(tx, id, expiresAt);
const releaseSome =
  (reservationId: number, seatIds: readonly number[], version = 2): Act<number> =>
  ({ seats }, tx) =>
    seats.releaseSome(tx, { reservationId, seatIds, from: "HELD", version });

function linkCases(db: DatabaseUnderTest): void {
  const inMs = (ms: number) => new Date(db.core.clock.nowMs() + ms);
  const rowsOf = (seatIds: readonly number[]) => db.other.seats.find(null, seatIds);

  /** Holds the seats for one reservation, and links them to another one, or with a version. */
  async function linkedTo(seatVersion: number, isOther: boolean) {
    const { seatIds, performanceId } = await newShow(db.core, 1);
    const holder = await db.core.idAllocator.next("reservation");
    const id = isOther ? await db.core.idAllocator.next("reservation") : holder;
    await db.core.withTransaction(async (tx) => {
      await take(seatIds, holder)(db.core, tx);
      const seats = [{ seatId: only(seatIds), price: 1, seatVersion }];
      const expiresAt = inMs(HOUR_MS);
      await db.core.reservations.insert(tx, {
        ...{ id, userId: 1, performanceId, amount: 1, expiresAt, seats },
      });
    });
    return { seatIds, ids: [...new Set([holder, id])] };
  }

  async function expectUnchanged(ids: readonly number[], seatIds: readonly number[]) {
    const before = await rowsOf(seatIds);
    for (const id of ids) {
      expect(await committed(db.core, extend(id, inMs(2 * HOUR_MS))), "extended").to.equal(0);
      expect(await committed(db.core, releaseSome(id, seatIds)), "given back").to.equal(0);
      expect(await rowsOf(seatIds)).to.deep.equal(before);
    }
  }

  it("are neither extended nor given back when another reservation has the link", async () => {
    const { seatIds, ids } = await linkedTo(1, true);
    await expectUnchanged(ids, seatIds);
  });

  it("are neither extended nor given back when the link has another version", async () => {
    const { seatIds, ids } = await linkedTo(2, false);
    await expectUnchanged(ids, seatIds);
  });

  it("are neither extended nor given back when the link has ended", async () => {
    const { seatIds } = await newShow(db.core, 1);
    const id = await held(db.core, seatIds, { holdMs: 5 * MINUTE_MS });
    const endLinks: Act<number> = ({ seats }, tx) => seats.release(tx, id, "SOLD");
    expect(await committed(db.core, endLinks), "ends the links alone").to.equal(0);
    await expectUnchanged([id], seatIds);
  });
}

function endedCases(db: DatabaseUnderTest): void {
  const seatIdsOf = async (id: number) =>
    (await db.other.reservations.find(null, id))?.seats.map(({ seatId }) => seatId);

  it("stay listed as its seats when the whole reservation has ended before", async () => {
    const { seatIds } = await newShow(db.core, 2);
    const id = await held(db.core, seatIds);
    await committed(db.core, async ({ reservations, seats }, tx) => {
      await reservations.cancel(tx, id, 1);
      await seats.release(tx, id, "HELD");
    });
    const one = seatIds.slice(0, 1);
    expect(await committed(db.core, releaseSome(id, one, 3))).to.equal(0);
    expect(await seatIdsOf(id)).to.deep.equal(seatIds);
  });
}
