import { expect } from "chai";
import type { Once } from "../../src/idempotency/onceOnly.ts";
import { payReservation } from "../../src/payment/payReservation.ts";
import { refundPayment } from "../../src/payment/refundPayment.ts";
import { balanceOf } from "../../src/point/balanceOf.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { findReservation } from "../../src/reservation/findReservation.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import {
  chargedUser,
  firstOf,
  held,
  makeSale,
  makeSeat,
  newUserId,
  paid,
  QUEUE_ID,
  SEAT_PRICE,
} from "../support/fixtures.ts";
import { type CoreInstance, useTestCore } from "../support/testCore.ts";

const TIMES = 20;
const ROUNDS = 15;

/** Expects one first answer, and the same answer for all others. */
function expectOneAnswer(answers: readonly Once<object>[]): void {
  expect(answers.filter(({ replayed }) => !replayed)).to.have.length(1);
  for (const { value } of answers) expect(value).to.deep.equal(answers[0]?.value);
}

describe("one reservation that two processes change", () => {
  const current = useTestCore();
  let other: CoreInstance;
  before("opens a second instance", async () => {
    other = await current().another();
  });
  const coreOf = (index: number) => (index % 2 === 0 ? current().core : other.core);
  const times = <T>(run: (index: number) => Promise<T>): Promise<T>[] =>
    Array.from({ length: TIMES }, (_unused, index) => run(index));

  it("is charged once by 20 parallel payments", async () => {
    const { core } = current();
    const userId = await chargedUser(core, 10 * SEAT_PRICE);
    const { seatIds } = await makeSale(core, 4);
    const reservationId = await held(core, userId, seatIds);
    expectOneAnswer(
      await Promise.all(times((index) => payReservation(coreOf(index), { userId, reservationId }))),
    );
    expect(await balanceOf(core, { userId })).to.equal(6 * SEAT_PRICE);
  });

  it("is refunded once by 20 parallel refunds", async () => {
    const { core } = current();
    const userId = await chargedUser(core, SEAT_PRICE);
    const seatId = await makeSeat(core);
    const { paymentId } = await paid(core, userId, [seatId]);
    expectOneAnswer(
      await Promise.all(times((index) => refundPayment(coreOf(index), { userId, paymentId }))),
    );
    expect(await balanceOf(core, { userId })).to.equal(SEAT_PRICE);
    expect(firstOf(await core.seats.find(null, [seatId])).status).to.equal("AVAILABLE");
  });

  it("is either paid or cancelled, never both", async () => {
    const { core } = current();
    for (let round = 0; round < ROUNDS; round += 1) {
      const userId = await chargedUser(core, SEAT_PRICE);
      const reservationId = await held(core, userId, [await makeSeat(core)]);
      const [payment, cancel] = await Promise.allSettled([
        payReservation(coreOf(round), { userId, reservationId }),
        cancelReservation(coreOf(round + 1), { userId, reservationId }),
      ]);
      expect([payment.status, cancel.status].sort()).to.deep.equal(["fulfilled", "rejected"]);
      const { status } = await findReservation(core, { userId, reservationId });
      expect(status).to.equal(payment.status === "fulfilled" ? "CONFIRMED" : "CANCELLED");
    }
  });

  it("gives its seat to one of the buyers who try to hold it during the refund", async () => {
    const { core } = current();
    const userId = await chargedUser(core, SEAT_PRICE);
    const seatId = await makeSeat(core);
    const { paymentId } = await paid(core, userId, [seatId]);
    const hold = (index: number) =>
      holdSeats(coreOf(index), { userId: newUserId(), seatIds: [seatId], queueId: QUEUE_ID });
    const [refund, ...holds] = await Promise.allSettled([
      refundPayment(core, { userId, paymentId }),
      ...times(hold),
    ]);
    expect(refund.status).to.equal("fulfilled");
    expect(holds.filter((result) => result.status === "fulfilled").length).to.be.at.most(1);
    const seat = firstOf(await core.seats.find(null, [seatId]));
    if (seat.status === "AVAILABLE") await hold(0);
    expect(firstOf(await core.seats.find(null, [seatId])).status).to.equal("HELD");
  });
});
