import { expect } from "chai";
import {
  type Act,
  besideOpen,
  committed,
  expectAtOnce,
  expectWaiting,
} from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { groupReservationCases } from "./groupReservationCases.ts";
import { HOUR_MS, held, hold, MINUTE_MS, newShow, newUserId, take } from "./show.ts";
import { together } from "./workGroup.ts";

/** Cases about the seats and reservations of a group. */
export function groupSeatCases(db: DatabaseUnderTest): void {
  describe("the seats of a group of works", () => {
    seatCases(db);
    heldCases(db);
    releaseCases(db);
    buyerCases(db);
    groupReservationCases(db);
  });
}

function seatCases(db: DatabaseUnderTest): void {
  const lock =
    (seatIds: readonly number[]): Act<readonly number[]> =>
    ({ seats }, tx) =>
      seats.lock(tx, seatIds);

  it("gives contested seats to the first that finds all of its seats free", async () => {
    const { seatIds } = await newShow(db.core, 4);
    const [one = 0, two = 0, three = 0, four = 0] = seatIds;
    const wanted = [[one, two], [two, three], [three], [four], [one, four]];
    const locked = await Promise.all(
      together(
        db.core,
        wanted.map((some) => ({ act: lock(some) })),
      ),
    );
    expect(locked).to.deep.equal([[one, two], [three], [three], [four], []]);
  });

  it("skips a seat that another transaction has locked, without waiting", async () => {
    const { seatIds } = await newShow(db.core, 3);
    const [one = 0, two = 0, three = 0] = seatIds;
    await besideOpen(db.other, async (rival) => {
      await rival.act(lock([two]));
      const answers = together(db.core, [{ act: lock([one, two]) }, { act: lock([three]) }]);
      const locked = await expectAtOnce(db.other, Promise.all(answers));
      expect(locked).to.deep.equal([[one], [three]]);
    });
  });

  it("describes the seats of each work", async () => {
    const [some, others] = [await newShow(db.core, 2), await newShow(db.core, 1, { price: 7 })];
    const wanted = [some.seatIds, others.seatIds, some.seatIds.slice(1)];
    const offered = await Promise.all(
      together(
        db.core,
        wanted.map((seatIds) => ({
          act: ({ seats }, tx) => seats.offered(tx, seatIds, MINUTE_MS),
        })),
      ),
    );
    const ids = offered.map((seats) => seats.map(({ id }) => id));
    expect(ids).to.deep.equal(wanted);
    expect(offered[1]?.[0]).to.include({ price: 7, performanceId: others.performanceId });
    const found = await Promise.all(
      together(
        db.core,
        wanted.map((seatIds) => ({ act: ({ seats }, tx) => seats.find(tx, seatIds) })),
      ),
    );
    expect(found.map((seats) => seats.map(({ id }) => id))).to.deep.equal(wanted);
  });
}

function heldCases(db: DatabaseUnderTest): void {
  it("holds and sells the seats of each work for its own reservation", async () => {
    const { seatIds } = await newShow(db.core, 5);
    const parts = [seatIds.slice(0, 2), seatIds.slice(2, 3), seatIds.slice(3)];
    const ids = await Promise.all(parts.map(() => db.core.idAllocator.next("reservation")));
    await Promise.all(
      together(
        db.core,
        parts.map((some, at) => ({
          act: hold({ reservationId: ids[at] ?? 0, seatIds: some, holdMs: HOUR_MS }),
        })),
      ),
    );
    const rows = await db.other.seats.find(null, seatIds);
    const owners = [ids[0], ids[0], ids[1], ids[2], ids[2]];
    expect(rows.map((row) => row.reservationId)).to.deep.equal(owners);
    for (const row of rows) {
      expect(row).to.include({ status: "HELD", version: 1 });
      const reservation = await db.other.reservations.find(null, row.reservationId ?? 0);
      expect(row.holdExpiresAt).to.deep.equal(reservation?.expiresAt);
      expect(reservation).to.include({ status: "PENDING" });
    }
    const sold = await Promise.all(
      together(
        db.core,
        ids.slice(0, 2).map((id, at) => ({
          act: ({ seats }, tx) => seats.confirm(tx, id, parts[at]?.length ?? 0),
        })),
      ),
    );
    expect(sold).to.deep.equal([2, 1]);
    const statuses = (await db.other.seats.find(null, seatIds)).map((row) => row.status);
    expect(statuses).to.deep.equal(["SOLD", "SOLD", "SOLD", "HELD", "HELD"]);
  });

  it("holds with the times that the works ask for", async () => {
    const { seatIds } = await newShow(db.core, 2);
    const [one = 0, two = 0] = seatIds;
    const counts = await Promise.all(
      together(db.core, [{ act: take([one], 41, HOUR_MS) }, { act: take([two], 42, MINUTE_MS) }]),
    );
    expect(counts).to.deep.equal([1, 1]);
    const rows = await db.other.seats.find(null, seatIds);
    expect(rows.map((row) => row.reservationId)).to.deep.equal([41, 42]);
    const [late = 0, soon = 0] = rows.map((row) => row.holdExpiresAt?.getTime());
    expect(late - soon).to.be.within(HOUR_MS - 2 * MINUTE_MS, HOUR_MS);
  });

  it("reports to each work how many of its seats it could hold or sell", async () => {
    const { seatIds } = await newShow(db.core, 2);
    const [one = 0, two = 0] = seatIds;
    await committed(db.core, take([one], 41));
    const held = await Promise.all(
      together(db.core, [{ act: take([one], 42) }, { act: take([two], 43) }]),
    );
    expect(held).to.deep.equal([0, 1]);
    const sold = await Promise.all(
      together(db.core, [
        { act: ({ seats }, tx) => seats.confirm(tx, 999_999_998, 1) },
        { act: ({ seats }, tx) => seats.confirm(tx, 999_999_999, 1) },
      ]),
    );
    expect(sold).to.deep.equal([0, 0]);
  });
}

function releaseCases(db: DatabaseUnderTest): void {
  const release =
    (reservationId: number): Act<number> =>
    ({ seats }, tx) =>
      seats.release(tx, reservationId, "HELD");

  it("releases the seats of each work, which still have the version of its hold", async () => {
    const { seatIds } = await newShow(db.core, 5);
    const [one = 0, two = 0, three = 0, four = 0, five = 0] = seatIds;
    const late = await held(db.core, [one, two], { holdMs: MINUTE_MS });
    await db.passTime(2 * MINUTE_MS);
    const [live, other] = [await held(db.core, [three, four]), await held(db.core, [five])];
    await committed(db.core, take([two], 42));
    const ids = [live, late, 999_999_999];
    const counts = together(
      db.core,
      ids.map((id) => ({ act: release(id) })),
    );
    expect(await Promise.all(counts)).to.deep.equal([2, 1, 0]);
    const rows = await db.other.seats.find(null, seatIds);
    const owners = [undefined, 42, undefined, undefined, other];
    expect(rows.map((row) => row.reservationId)).to.deep.equal(owners);
  });

  it("lets only the work wait whose seat another transaction has locked", async () => {
    const { seatIds } = await newShow(db.core, 3);
    const [one = 0, two = 0, three = 0] = seatIds;
    const [late, live] = [
      await held(db.core, [one, two], { holdMs: MINUTE_MS }),
      await held(db.core, [three], { holdMs: HOUR_MS }),
    ];
    await db.passTime(2 * MINUTE_MS);
    await besideOpen(db.other, async (rival) => {
      await rival.act(({ seats }, tx) => seats.lock(tx, [two]));
      const [waiting, free] = together(db.core, [{ act: release(late) }, { act: release(live) }]);
      expect(await expectAtOnce(db.other, free as Promise<number>)).to.equal(1);
      await expectWaiting(db.other, waiting as Promise<number>);
      await rival.end("commit");
      expect(await waiting).to.equal(2);
    });
  });
}

function buyerCases(db: DatabaseUnderTest): void {
  const seatsOf =
    (userId: number, performanceId: number): Act<number> =>
    async ({ reservations }, tx) =>
      (await reservations.lockSeatsOfBuyer(tx, userId, performanceId)).length;

  it("counts the seats of each buyer in each performance", async () => {
    const [one, two] = [await newShow(db.core, 3), await newShow(db.core, 1)];
    const [ada, bob, eve] = [newUserId(), newUserId(), newUserId()];
    await held(db.core, one.seatIds.slice(0, 2), { userId: ada });
    await held(db.core, one.seatIds.slice(2), { userId: bob });
    await held(db.core, two.seatIds, { userId: ada });
    const works = [
      { userId: eve, act: seatsOf(eve, one.performanceId) },
      { userId: ada, act: seatsOf(ada, one.performanceId) },
      { userId: bob, act: seatsOf(bob, two.performanceId) },
    ];
    for (let round = 0; round < 2; round += 1) {
      expect(await Promise.all(together(db.core, works))).to.deep.equal([0, 2, 0]);
    }
  });

  it("lets only the buyer wait whose count another transaction has locked", async () => {
    const { performanceId, seatIds } = await newShow(db.core, 1);
    const [ada, bob] = [newUserId(), newUserId()];
    await committed(db.core, seatsOf(ada, performanceId));
    await besideOpen(db.other, async (rival) => {
      await rival.act(seatsOf(ada, performanceId));
      const [waiting, free] = together(db.core, [
        { userId: ada, act: seatsOf(ada, performanceId) },
        { userId: bob, act: seatsOf(bob, performanceId) },
      ]);
      expect(await expectAtOnce(db.other, free as Promise<number>)).to.equal(0);
      await expectWaiting(db.other, waiting as Promise<number>);
      const reservationId = await db.other.idAllocator.next("reservation");
      await rival.act(hold({ reservationId, seatIds, userId: ada }));
      await rival.end("commit");
      expect(await waiting).to.equal(1);
    });
  });
}
