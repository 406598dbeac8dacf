import type { SeatStatus } from "@onsale/core";
import { expect } from "chai";
import {
  type Act,
  answerAfterWaiting,
  answerAtOnce,
  committed,
  ENDS,
  type End,
} from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { held, MINUTE_MS, newShow, take } from "./show.ts";

const confirm =
  (reservationId: number): Act<number> =>
  ({ seats }, tx) =>
    seats.confirm(tx, reservationId, 2);
const release =
  (reservationId: number, from: "HELD" | "SOLD" = "HELD"): Act<number> =>
  ({ seats }, tx) =>
    seats.release(tx, reservationId, from);

interface SeatRace {
  readonly name: string;
  readonly begins: "AVAILABLE" | "HELD" | "OVERDUE" | "SOLD";
  readonly first: (seatIds: readonly number[], reservationId: number) => Act<number>;
  readonly second: (seatIds: readonly number[], reservationId: number) => Act<number>;
  /**
   * The number of seats that the second transaction gets, and the status of the seats afterwards.
   */
  readonly after: Readonly<Record<End, readonly [count: number, status: SeatStatus]>>;
}

const RACES: readonly SeatRace[] = [
  {
    name: "two holds",
    begins: "AVAILABLE",
    first: (seatIds) => take(seatIds, 42),
    second: (seatIds) => take(seatIds, 43),
    after: { commit: [0, "HELD"], rollback: [2, "HELD"] },
  },
  {
    name: "a sale and a release of the same hold",
    begins: "HELD",
    first: (_seatIds, id) => confirm(id),
    second: (_seatIds, id) => release(id),
    after: { commit: [0, "SOLD"], rollback: [2, "AVAILABLE"] },
  },
  {
    name: "a release and a sale of the same hold",
    begins: "HELD",
    first: (_seatIds, id) => release(id),
    second: (_seatIds, id) => confirm(id),
    after: { commit: [0, "AVAILABLE"], rollback: [2, "SOLD"] },
  },
  {
    name: "two sales of the same hold",
    begins: "HELD",
    first: (_seatIds, id) => confirm(id),
    second: (_seatIds, id) => confirm(id),
    after: { commit: [0, "SOLD"], rollback: [2, "SOLD"] },
  },
  {
    name: "two releases of the same hold",
    begins: "HELD",
    first: (_seatIds, id) => release(id),
    second: (_seatIds, id) => release(id),
    after: { commit: [0, "AVAILABLE"], rollback: [2, "AVAILABLE"] },
  },
  {
    name: "a release and the next hold",
    begins: "HELD",
    first: (_seatIds, id) => release(id),
    second: (seatIds) => take(seatIds, 42),
    after: { commit: [2, "HELD"], rollback: [0, "HELD"] },
  },
  {
    name: "a refund's release and the next hold",
    begins: "SOLD",
    first: (_seatIds, id) => release(id, "SOLD"),
    second: (seatIds) => take(seatIds, 42),
    after: { commit: [2, "HELD"], rollback: [0, "SOLD"] },
  },
  {
    name: "a take-over and a late sale",
    begins: "OVERDUE",
    first: (seatIds) => take(seatIds, 42),
    second: (_seatIds, id) => confirm(id),
    after: { commit: [0, "HELD"], rollback: [2, "SOLD"] },
  },
  {
    name: "a late sale and a take-over",
    begins: "OVERDUE",
    first: (_seatIds, id) => confirm(id),
    second: (seatIds) => take(seatIds, 42),
    after: { commit: [0, "SOLD"], rollback: [2, "HELD"] },
  },
  {
    name: "a take-over and the reaper's release",
    begins: "OVERDUE",
    first: (seatIds) => take(seatIds, 42),
    second: (_seatIds, id) => release(id),
    after: { commit: [0, "HELD"], rollback: [2, "AVAILABLE"] },
  },
  {
    name: "two take-overs",
    begins: "OVERDUE",
    first: (seatIds) => take(seatIds, 42),
    second: (seatIds) => take(seatIds, 43),
    after: { commit: [0, "HELD"], rollback: [2, "HELD"] },
  },
];

/** Cases about races between transactions for the same seats. */
export function seatRaceCases(db: DatabaseUnderTest): void {
  describe("a race for seats", () => {
    async function beginAs(state: SeatRace["begins"]) {
      const { seatIds } = await newShow(db.core, 2);
      if (state === "AVAILABLE") return { seatIds, reservationId: 0 };
      const reservationId = await held(db.core, seatIds, { holdMs: MINUTE_MS });
      if (state === "SOLD") await committed(db.core, confirm(reservationId));
      if (state === "OVERDUE") await db.passTime(2 * MINUTE_MS);
      return { seatIds, reservationId };
    }

    for (const { name, begins, first, second, after } of RACES) {
      for (const end of ENDS) {
        const [count, status] = after[end];
        it(`by ${name}: the second gets ${count} seats after the ${end} of the first`, async () => {
          const { seatIds, reservationId } = await beginAs(begins);
          const answer = await answerAfterWaiting(db, {
            first: first(seatIds, reservationId),
            end,
            second: second(seatIds, reservationId),
          });
          expect(answer).to.equal(count);
          const rows = await db.core.seats.find(null, seatIds);
          expect(rows.map((row) => row.status)).to.deep.equal([status, status]);
        });
      }
    }

    it("does not block other seats of the performance", async () => {
      const { seatIds } = await newShow(db.core, 3);
      const race = { first: take(seatIds.slice(0, 1), 42), second: take(seatIds.slice(1), 42) };
      expect(await answerAtOnce(db, race)).to.equal(2);
    });

    it("does not wait for a transaction that could not take the seat", async () => {
      const { seatIds } = await newShow(db.core, 2);
      const reservationId = await held(db.core, seatIds);
      const race = { first: take(seatIds, 42), second: confirm(reservationId) };
      expect(await answerAtOnce(db, race)).to.equal(2);
    });

    it("has one winner among 20 parallel transactions", async () => {
      const { seatIds } = await newShow(db.core, 2);
      const cores = Array.from({ length: 20 }, (_unused, i) => (i % 2 ? db.core : db.other));
      const counts = await Promise.all(
        cores.map((core, i) => committed(core, take(seatIds, i + 1))),
      );
      expect(counts.sort()).to.deep.equal([...Array<number>(19).fill(0), 2]);
    });
  });
}
