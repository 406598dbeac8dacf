import type { ReservationStatus } from "@onsale/core";
import { expect } from "chai";
import {
  type Act,
  answerAfterWaiting,
  committed,
  ENDS,
  type End,
  failureOf,
} from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { type Move, move } from "./reservationStoreCases.ts";
import { HOUR_MS, heldSeat, MINUTE_MS, newSeat } from "./show.ts";

interface ReservationRace {
  readonly begins: "PENDING" | "OVERDUE" | "CONFIRMED";
  readonly first: Move;
  readonly second: Move;
  readonly after: Readonly<Record<End, ReservationStatus>>;
}

/** Races in which the second transition succeeds exactly when the first transaction rolls back. */
const RACES: readonly ReservationRace[] = [
  {
    begins: "PENDING",
    first: "confirm",
    second: "cancel",
    after: { commit: "CONFIRMED", rollback: "CANCELLED" },
  },
  {
    begins: "PENDING",
    first: "cancel",
    second: "confirm",
    after: { commit: "CANCELLED", rollback: "CONFIRMED" },
  },
  {
    begins: "PENDING",
    first: "confirm",
    second: "confirm",
    after: { commit: "CONFIRMED", rollback: "CONFIRMED" },
  },
  {
    begins: "OVERDUE",
    first: "expire",
    second: "cancel",
    after: { commit: "EXPIRED", rollback: "CANCELLED" },
  },
  {
    begins: "OVERDUE",
    first: "cancel",
    second: "expire",
    after: { commit: "CANCELLED", rollback: "EXPIRED" },
  },
  {
    begins: "OVERDUE",
    first: "expire",
    second: "expire",
    after: { commit: "EXPIRED", rollback: "EXPIRED" },
  },
  {
    begins: "CONFIRMED",
    first: "refund",
    second: "refund",
    after: { commit: "REFUNDED", rollback: "REFUNDED" },
  },
];

/** Cases about races between two transitions of one reservation. */
export function reservationRaceCases(db: DatabaseUnderTest): void {
  describe("a race for a reservation", () => {
    for (const { begins, first, second, after } of RACES) {
      for (const end of ENDS) {
        const outcome = end === "commit" ? "refuses the second" : "lets the second win";
        it(`between ${first} and ${second} ${outcome} after the first ${end}`, async () => {
          const { reservationId } = await heldSeat(db.core, { holdMs: HOUR_MS });
          if (begins === "CONFIRMED") await committed(db.core, move("confirm", reservationId));
          if (begins === "OVERDUE") await db.passTime(HOUR_MS + MINUTE_MS);
          const moved = await answerAfterWaiting(db, {
            first: move(first, reservationId),
            end,
            second: move(second, reservationId),
          });
          expect(moved).to.equal(end === "rollback");
          const found = await db.core.reservations.find(null, reservationId);
          const version = begins === "CONFIRMED" ? 3 : 2;
          expect(found).to.include({ status: after[end], version });
        });
      }
    }

    it("makes a cancellation wait while lockOverdue keeps the reservation locked", async () => {
      const { reservationId } = await heldSeat(db.core, { holdMs: MINUTE_MS });
      await db.passTime(HOUR_MS);
      const moved = await answerAfterWaiting(db, {
        first: ({ reservations }, tx) => reservations.lockOverdue(tx, 1_000),
        end: "commit",
        second: move("cancel", reservationId),
      });
      expect(moved).to.equal(true);
    });

    for (const end of ENDS) {
      it(`between two live links to one seat is decided by the first ${end}`, async () => {
        const seatId = await newSeat(db.core);
        const [seat] = await db.core.seats.find(null, [seatId]);
        const performanceId = seat?.performanceId ?? 0;
        const [one, two] = [
          await db.core.idAllocator.next("reservation"),
          await db.core.idAllocator.next("reservation"),
        ];
        const claimOf =
          (id: number): Act<void> =>
          ({ reservations }, tx) => {
            const seats = [{ seatId, price: 1, seatVersion: 1 }];
            const expiresAt = new Date(db.core.clock.nowMs() + HOUR_MS);
            const parts = { id, userId: 1, performanceId, amount: 1, expiresAt, seats };
            return reservations.insert(tx, parts);
          };
        const race = answerAfterWaiting(db, { first: claimOf(one), end, second: claimOf(two) });
        if (end === "rollback") await race;
        else expect(await failureOf(race)).to.be.instanceOf(Error);
        const found = [one, two].map((id) => db.core.reservations.find(null, id));
        const kept = (await Promise.all(found)).map((reservation) => reservation?.id);
        expect(kept).to.deep.equal(end === "commit" ? [one, undefined] : [undefined, two]);
      });
    }
  });
}
