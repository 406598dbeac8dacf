import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import { balanceOf } from "../../src/point/balanceOf.ts";
import { chargePoints } from "../../src/point/chargePoints.ts";
import { joinQueue } from "../../src/queue/joinQueue.ts";
import { promoteWaiting } from "../../src/queue/promoteWaiting.ts";
import { reservationsOf } from "../../src/reservation/findReservation.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { type CommitCutter, openCommitCutter } from "../support/commitCutter.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  firstOf,
  held,
  makeSale,
  makeSeat,
  newUserId,
  QUEUE_ID,
  SEAT_PRICE,
} from "../support/fixtures.ts";
import { inParallel, until } from "../support/raceTools.ts";
import { type CoreInstance, useTestCore } from "../support/testCore.ts";

const UNKNOWN = ["OUTCOME_UNKNOWN", "DEPENDENCY_UNAVAILABLE"];

/** Repeats a request while its outcome is unknown, as a client does. */
async function untilKnown<T>(request: () => Promise<T>): Promise<T> {
  const answers: Promise<T>[] = [];
  await until(async () => {
    const answer = request();
    const code = await answer.then(() => "ok", codeOf);
    if ([...UNKNOWN, "OVERLOADED"].includes(code)) return false;
    answers.push(answer);
    return true;
  });
  return firstOf(answers);
}

describe("a connection that is lost during COMMIT", () => {
  const current = useTestCore({ SEAT_LOCK: "conditional" });
  let cutter: CommitCutter;
  /** Reaches MySQL through the cutter; the suite's own core reaches it directly. */
  let behind: CoreInstance;

  before("puts a cutter between a core and the database", async () => {
    cutter = await openCommitCutter(current().stack.env.MYSQL_URL ?? "");
    behind = await current().another({ MYSQL_URL: cutter.url });
  });
  after("closes the cutter", () => cutter.close());

  for (const point of ["before", "after"] as const) {
    it(`results in one hold when it is lost ${point} COMMIT reaches the server`, async () => {
      const { core } = current();
      const userId = newUserId();
      const seatIds = (await makeSale(core, 2)).seatIds;
      cutter.cut(point);
      const { value } = await holdSeats(behind.core, { userId, seatIds, queueId: QUEUE_ID });
      const mine = await reservationsOf(core, { userId, limit: 10 });
      expect(mine.map((one) => one.id)).to.deep.equal([value.reservationId]);
      expect(mine[0]?.status).to.equal("PENDING");
    });

    it(`results in one charge when it is lost ${point} COMMIT reaches the server`, async () => {
      const userId = newUserId();
      cutter.cut(point);
      const { value } = await chargePoints(behind.core, { userId, amount: 70 });
      expect(value.currentPoints).to.equal(70);
      expect(await balanceOf(current().core, { userId })).to.equal(70);
    });

    it(`results in one payment when it is lost ${point} COMMIT reaches the server`, async () => {
      const { core } = current();
      const userId = await chargedUser(core, SEAT_PRICE);
      const reservationId = await held(core, userId, [await makeSeat(core)]);
      cutter.cut(point);
      const { value } = await payReservation(behind.core, { userId, reservationId });
      expect(value).to.include({ status: "CAPTURED", currentPoints: 0 });
      const [payment] = await current().sql("SELECT id FROM payments WHERE reservation_id = ?", [
        reservationId,
      ]);
      expect(payment?.id).to.equal(value.paymentId);
    });

    it(`answers 60 buyers correctly when connections are lost ${point} COMMIT`, async () => {
      const { core } = current();
      const { seatIds } = await makeSale(core, 60);
      const before = cutter.cutCount();
      cutter.cut(point, 15);
      const results = await inParallel(60, 16, async (index) => {
        const hold = {
          userId: newUserId(),
          seatIds: [seatIds[index] ?? 0],
          queueId: QUEUE_ID,
          idempotency: { key: `batch-${point}-${index}` },
        };
        return untilKnown(() => holdSeats(behind.core, hold));
      });
      cutter.cut(point, 0);
      // A group of holds is one COMMIT, so there are fewer than 60.
      expect(cutter.cutCount() - before).to.be.within(3, 15);
      const answers = results.map((result) =>
        result.status === "fulfilled" ? result.value.value.reservationId : codeOf(result.reason),
      );
      const rows = await core.seats.find(null, seatIds);
      expect(answers).to.deep.equal(rows.map((row) => row.reservationId));
    });
  }

  it("leaves neither a hold nor its outbox message when no COMMIT arrives", async () => {
    const { core, sql } = current();
    const userId = newUserId();
    const seatId = await makeSeat(core);
    const [before] = await sql("SELECT COUNT(*) AS messages FROM outbox_messages");
    cutter.cut("before", Number.MAX_SAFE_INTEGER);
    const hold = holdSeats(behind.core, { userId, seatIds: [seatId], queueId: QUEUE_ID });
    const failure = await failureOf(hold).finally(() => cutter.cut("before", 0));
    expect(UNKNOWN).to.include(codeOf(failure));
    expect(await reservationsOf(core, { userId, limit: 10 })).to.deep.equal([]);
    expect(await sql("SELECT COUNT(*) AS messages FROM outbox_messages")).to.deep.equal([before]);
  });

  it("ends the admission after COMMIT, and keeps it when COMMIT fails", async () => {
    const { core } = current();
    const userId = await chargedUser(core, SEAT_PRICE);
    const reservationId = await held(core, userId, [await makeSeat(core)]);
    await joinQueue(core, { queueId: QUEUE_ID, userId });
    await promoteWaiting(core, { queueId: QUEUE_ID });
    const placeStatus = async () => (await core.queue.place(QUEUE_ID, userId)).status;
    cutter.cut("before", Number.MAX_SAFE_INTEGER);
    const pay = () => payReservation(behind.core, { userId, reservationId });
    const failure = await failureOf(pay()).finally(() => cutter.cut("before", 0));
    expect(UNKNOWN).to.include(codeOf(failure));
    expect(await placeStatus()).to.equal("ACTIVE");
    await pay();
    expect(await placeStatus()).to.equal("NONE");
  });

  for (const point of ["before", "after"] as const) {
    it(`answers OUTCOME_UNKNOWN when the server is lost ${point} COMMIT`, async () => {
      const userId = newUserId();
      // A process of its own, so that the others do not notice this outage.
      const { core } = await current().another({ MYSQL_URL: cutter.url });
      const charge = () =>
        chargePoints(core, { userId, amount: 9, idempotency: { key: "unsure" } });
      cutter.cutAndGoDark(point);
      const failure = await failureOf(charge()).finally(() => cutter.comeBack());
      expect(codeOf(failure)).to.equal("OUTCOME_UNKNOWN");
      const { value, replayed } = await untilKnown(charge);
      expect(value.currentPoints).to.equal(9);
      expect(replayed).to.equal(point === "after");
      expect(await balanceOf(current().core, { userId })).to.equal(9);
    });
  }
});
