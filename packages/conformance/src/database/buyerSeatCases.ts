import { expect } from "chai";
import { type Act, answerAfterWaiting, answerAtOnce, committed, ENDS } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { move } from "./reservationStoreCases.ts";
import { HOUR_MS, held, hold, MINUTE_MS, newShow, newUserId, type Show } from "./show.ts";

type Seats = readonly { reservationId: number; status: string; overdue: boolean }[];

/**
 * Cases about the seats that count for a buyer, and about transactions that wait before they count
 * them.
 */
export function buyerSeatCases(db: DatabaseUnderTest): void {
  describe("the seats of a buyer", () => {
    let userId: number;
    let show: Show;
    beforeEach("makes a buyer and a show of six seats", async () => {
      userId = newUserId();
      show = await newShow(db.core, 6);
    });

    const lockSeats =
      (user: number, performanceId: number): Act<Seats> =>
      ({ reservations }, tx) =>
        reservations.lockSeatsOfBuyer(tx, user, performanceId);
    const seatsNow = (): Promise<Seats> =>
      committed(db.other, lockSeats(userId, show.performanceId));
    const take = (from: number, to: number, user = userId): Promise<number> =>
      held(db.core, show.seatIds.slice(from, to), { userId: user });

    it("have one entry for each seat of unpaid and paid reservations", async () => {
      expect(await seatsNow()).to.deep.equal([]);
      const [first, second] = [await take(0, 2), await take(2, 3)];
      await committed(db.core, move("confirm", second));
      const unpaid = { reservationId: first, status: "PENDING", overdue: false };
      const paid = { reservationId: second, status: "CONFIRMED", overdue: false };
      expect(await seatsNow()).to.deep.equal([unpaid, unpaid, paid]);
    });

    it("show which holds are overdue; a paid reservation is never overdue", async () => {
      const [unpaid, paid] = [await take(0, 1), await take(1, 2)];
      await committed(db.core, move("confirm", paid));
      await db.passTime(HOUR_MS + MINUTE_MS);
      expect(await seatsNow()).to.deep.equal([
        { reservationId: unpaid, status: "PENDING", overdue: true },
        { reservationId: paid, status: "CONFIRMED", overdue: false },
      ]);
    });

    it("exclude other buyers, other performances and ended reservations", async () => {
      await take(0, 1, newUserId());
      await held(db.core, (await newShow(db.core, 1)).seatIds, { userId });
      for (const end of ["cancel", "refund"] as const) {
        const id = await take(1, 2);
        await committed(db.core, async (core, tx) => {
          if (end === "refund") await core.reservations.confirm(tx, id, 1);
          if (end === "refund") await core.seats.confirm(tx, id, 1);
          await core.reservations[end](tx, id, end === "refund" ? 2 : 1);
          await core.seats.release(tx, id, end === "refund" ? "SOLD" : "HELD");
        });
      }
      expect(await seatsNow()).to.deep.equal([]);
    });

    for (const end of ENDS) {
      for (const known of ["for the first time", "again"] as const) {
        it(`are counted ${known} after the ${end} of another hold of the buyer`, async () => {
          if (known === "again") await seatsNow();
          const reservationId = await db.core.idAllocator.next("reservation");
          const parts = { reservationId, userId, seatIds: show.seatIds.slice(0, 1) };
          const counted = await answerAfterWaiting(db, {
            async first(core, tx) {
              await lockSeats(userId, show.performanceId)(core, tx);
              await hold(parts)(core, tx);
            },
            end,
            second: lockSeats(userId, show.performanceId),
          });
          expect(counted).to.have.length(end === "commit" ? 1 : 0);
        });
      }
    }

    it("are counted without waiting for holds of other buyers and performances", async () => {
      const other = await newShow(db.core, 1);
      for (const second of [
        lockSeats(newUserId(), show.performanceId),
        lockSeats(userId, other.performanceId),
      ]) {
        const first = lockSeats(userId, show.performanceId);
        expect(await answerAtOnce(db, { first, second })).to.deep.equal([]);
      }
    });
  });

  describe("a buyer's unpaid reservations of a queue", () => {
    it("are the PENDING reservations for concerts of the queue, oldest first", async () => {
      const userId = newUserId();
      const { seatIds } = await newShow(db.core, 4, { queueId: "vip" });
      const other = await newShow(db.core, 1, { queueId: "VIP" });
      const ids: number[] = [];
      for (const seatId of seatIds) ids.push(await held(db.core, [seatId], { userId }));
      await held(db.core, other.seatIds, { userId });
      const [first = 0, second = 0, ...rest] = ids;
      await committed(db.core, move("confirm", first));
      await committed(db.core, move("cancel", second));
      const pending = (max: number): Promise<readonly number[]> =>
        db.other.reservations.pendingOfQueue(null, userId, "vip", max);
      expect(await pending(10)).to.deep.equal(rest);
      expect(await pending(1)).to.deep.equal(rest.slice(0, 1));
      expect(await db.other.reservations.pendingOfQueue(null, userId + 1, "vip", 10)).to.be.empty;
    });
  });
}
