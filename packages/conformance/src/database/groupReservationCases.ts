import { expect } from "chai";
import {
  type Act,
  besideOpen,
  committed,
  expectAtOnce,
  expectWaiting,
} from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { type Move, move } from "./reservationStoreCases.ts";
import { HOUR_MS, held, MINUTE_MS, newShow } from "./show.ts";
import { together } from "./workGroup.ts";

/** Cases about the transitions of the reservations of a group. */
export function groupReservationCases(db: DatabaseUnderTest): void {
  it("moves each reservation once, from the right state, and only in time", async () => {
    const { seatIds } = await newShow(db.core, 4);
    const [one = 0, two = 0, three = 0, four = 0] = seatIds;
    const late = await held(db.core, [one], { holdMs: MINUTE_MS });
    await db.passTime(2 * MINUTE_MS);
    const [live, paid] = [await held(db.core, [two]), await held(db.core, [three])];
    const left = await held(db.core, [four]);
    await committed(db.core, move("confirm", paid));
    const ids = [late, live, live, paid, left, 999_999_999];
    /** Returns the ids of those that moved. */
    const moved = async (name: Move, some: readonly number[] = ids) => {
      const works = some.map((id) => ({ act: move(name, id) }));
      const all = await Promise.all(together(db.core, works));
      return some.filter((_id, at) => all[at]);
    };
    expect(await moved("confirm", [late, late]), "too late").to.deep.equal([]);
    expect(await moved("expire")).to.deep.equal([late]);
    expect(await moved("cancel", [late, left, paid, left])).to.deep.equal([left]);
    expect(await moved("confirm")).to.deep.equal([live]);
    expect(await moved("refund", [late, paid, paid, left])).to.deep.equal([paid]);
    const found = await Promise.all(
      together(
        db.core,
        ids.map((id) => ({ act: ({ reservations }, tx) => reservations.find(tx, id) })),
      ),
    );
    const statuses = ["EXPIRED", "CONFIRMED", "CONFIRMED", "REFUNDED", "CANCELLED", undefined];
    expect(found.map((each) => each?.status)).to.deep.equal(statuses);
    expect(found.map((each) => each?.version)).to.deep.equal([2, 2, 2, 3, 2, undefined]);
  });
  versionCases(db);
  lockedCases(db);
}

function versionCases(db: DatabaseUnderTest): void {
  for (const name of ["confirm", "cancel", "refund"] as const) {
    it(`does not ${name} a reservation at a version that it does not have`, async () => {
      const { seatIds } = await newShow(db.core, 2);
      const [one = 0, two = 0] = seatIds;
      const [changed, same] = [await held(db.core, [one]), await held(db.core, [two])];
      if (name === "refund") {
        for (const id of [changed, same]) await committed(db.core, move("confirm", id));
      }
      const version = name === "refund" ? 2 : 1;
      const works = [
        { id: changed, version: version + 1 },
        { id: same, version },
      ].map(({ id, version: read }): { act: Act<boolean> } => ({
        act: ({ reservations }, tx) => reservations[name](tx, id, read),
      }));
      expect(await Promise.all(together(db.core, works))).to.deep.equal([false, true]);
      const found = await db.other.reservations.find(null, changed);
      expect(found?.version, "it stays as it is").to.equal(version);
    });

    it(`lets only the call at the right version ${name} a reservation of two calls`, async () => {
      const { seatIds } = await newShow(db.core, 1);
      const id = await held(db.core, seatIds);
      if (name === "refund") await committed(db.core, move("confirm", id));
      const version = name === "refund" ? 2 : 1;
      const works = [version + 1, version].map((read): { act: Act<boolean> } => ({
        act: ({ reservations }, tx) => reservations[name](tx, id, read),
      }));
      expect(await Promise.all(together(db.core, works))).to.deep.equal([false, true]);
    });
  }
}

function lockedCases(db: DatabaseUnderTest): void {
  for (const name of ["confirm", "cancel", "expire", "refund"] as const) {
    it(`does not wait for a reservation that another transaction has locked: ${name}`, async () => {
      const { seatIds } = await newShow(db.core, 2);
      const [one = 0, two = 0] = seatIds;
      const holdMs = name === "expire" ? MINUTE_MS : HOUR_MS;
      const [contested, other] = [
        await held(db.core, [one], { holdMs }),
        await held(db.core, [two], { holdMs }),
      ];
      if (name === "expire") await db.passTime(2 * MINUTE_MS);
      if (name === "refund") {
        for (const id of [contested, other]) await committed(db.core, move("confirm", id));
      }
      await besideOpen(db.other, async (rival) => {
        await rival.act(move(name === "refund" ? "refund" : "cancel", contested));
        const [waiting, free] = together(db.core, [
          { act: move(name, contested) },
          { act: move(name, other) },
        ]);
        expect(await expectAtOnce(db.other, free as Promise<boolean>)).to.equal(true);
        await expectWaiting(db.other, waiting as Promise<boolean>);
        await rival.end("commit");
        expect(await waiting).to.equal(false);
      });
    });
  }
}
