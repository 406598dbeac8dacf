import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import { refundPayment } from "../../src/payment/refundPayment.ts";
import { balanceOf, pointHistory } from "../../src/point/balanceOf.ts";
import { chargePoints } from "../../src/point/chargePoints.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { AMOUNT_MAX } from "../../src/shared/points.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  firstOf,
  held,
  makeSale,
  makeSeat,
  newUserId,
  paid,
  SEAT_PRICE,
} from "../support/fixtures.ts";
import { freeSeatCases } from "../support/freeSeatCases.ts";
import { latePaymentCases } from "../support/latePaymentCases.ts";
import { useTestCore } from "../support/testCore.ts";

describe("free seats", () => {
  freeSeatCases(useTestCore());
});

describe("late payments", () => {
  latePaymentCases(useTestCore());
});

describe("points of a user", () => {
  const current = useTestCore();

  it("are zero before the first charge", async () => {
    const { core } = current();
    const userId = newUserId();
    expect(await balanceOf(core, { userId })).to.equal(0);
    expect(await pointHistory(core, { userId, limit: 5 })).to.deep.equal([]);
  });

  it("increase with each charge, with an outbox message for each entry", async () => {
    const { core, sql } = current();
    const userId = newUserId();
    expect((await chargePoints(core, { userId, amount: 30 })).value.currentPoints).to.equal(30);
    expect((await chargePoints(core, { userId, amount: 12 })).value.currentPoints).to.equal(42);
    const messages = await sql(
      `SELECT aggregate_version AS version FROM outbox_messages
       WHERE aggregate_type = 'point-account' AND aggregate_id = ? ORDER BY aggregate_version`,
      [userId],
    );
    expect(messages.map((message) => message.version)).to.deep.equal([1, 2]);
  });

  for (const amount of [0, -1, 1.5, AMOUNT_MAX + 1, 2 ** 53, Number.NaN]) {
    it(`do not change with a charge of ${amount}, which is refused`, async () => {
      const { core } = current();
      const userId = newUserId();
      const charge = async () => chargePoints(core, { userId, amount });
      expect(codeOf(await failureOf(charge()))).to.equal("INVALID_INPUT");
      expect(await balanceOf(core, { userId })).to.equal(0);
    });
  }

  it("have a history, newest first, page by page", async () => {
    const { core } = current();
    const userId = newUserId();
    for (const amount of [1, 2, 3, 4]) await chargePoints(core, { userId, amount });
    const page = await pointHistory(core, { userId, limit: 3 });
    expect(page.map((entry) => entry.amount)).to.deep.equal([4, 3, 2]);
    expect(page.map((entry) => entry.balanceAfter)).to.deep.equal([10, 6, 3]);
    const rest = await pointHistory(core, { userId, limit: 3, beforeId: page[2]?.id });
    expect(rest.map((entry) => entry.amount)).to.deep.equal([1]);
  });
});

describe("a payment", () => {
  const current = useTestCore();

  it("spends the price, confirms the reservation and sells the seats", async () => {
    const { core, sql } = current();
    const userId = await chargedUser(core, 5 * SEAT_PRICE);
    const { seatIds } = await makeSale(core, 2);
    const reservationId = await held(core, userId, seatIds);
    const { value } = await payReservation(core, { userId, reservationId });
    expect(value).to.deep.include({
      reservationId,
      status: "CAPTURED",
      price: 2 * SEAT_PRICE,
      currentPoints: 3 * SEAT_PRICE,
    });
    const seats = await core.seats.find(null, seatIds);
    expect(seats.map((seat) => seat.status)).to.deep.equal(["SOLD", "SOLD"]);
    const entry = firstOf(await pointHistory(core, { userId, limit: 1 }));
    expect(entry).to.include({ kind: "SPEND", amount: 2 * SEAT_PRICE, reservationId });
    const messages = await sql(
      "SELECT type FROM outbox_messages WHERE aggregate_type = 'payment' AND aggregate_id = ?",
      [value.paymentId],
    );
    expect(messages).to.deep.equal([{ type: "payment.captured" }]);
  });

  it("is refused without enough points, and the hold stays", async () => {
    const { core } = current();
    const userId = await chargedUser(core, SEAT_PRICE - 1);
    const seatId = await makeSeat(core);
    const reservationId = await held(core, userId, [seatId]);
    const failure = await failureOf(payReservation(core, { userId, reservationId }));
    expect(codeOf(failure)).to.equal("INSUFFICIENT_POINTS");
    expect(failure).to.deep.include({
      details: { required: SEAT_PRICE, balance: SEAT_PRICE - 1 },
    });
    expect(firstOf(await core.seats.find(null, [seatId])).status).to.equal("HELD");
    await chargePoints(core, { userId, amount: 1 });
    await payReservation(core, { userId, reservationId });
  });

  it("is refused for an unknown, another buyer's or an ended reservation", async () => {
    const { core } = current();
    const userId = await chargedUser(core);
    const reservationId = await held(core, userId, [await makeSeat(core)]);
    const codeFor = async (input: { userId: number; reservationId: number }) =>
      codeOf(await failureOf(payReservation(core, input)));
    expect(await codeFor({ userId, reservationId: 999_999_999 })).to.equal("RESERVATION_NOT_FOUND");
    const stranger = await chargedUser(core);
    expect(await codeFor({ userId: stranger, reservationId })).to.equal("RESERVATION_NOT_YOURS");
    await cancelReservation(core, { userId, reservationId });
    expect(await codeFor({ userId, reservationId })).to.equal("RESERVATION_STATE_CONFLICT");
    expect(await balanceOf(core, { userId })).to.equal(100 * SEAT_PRICE);
  });

  it("is refunded before the performance, and its seats are for sale again", async () => {
    const { core } = current();
    const userId = await chargedUser(core, 2 * SEAT_PRICE);
    const { seatIds } = await makeSale(core, 2);
    const { paymentId, reservationId } = await paid(core, userId, seatIds);
    const { value } = await refundPayment(core, { userId, paymentId });
    expect(value).to.include({
      paymentId,
      reservationId,
      status: "REFUNDED",
      refunded: 2 * SEAT_PRICE,
      currentPoints: 2 * SEAT_PRICE,
    });
    const reservation = await core.reservations.find(null, reservationId);
    expect(reservation).to.include({ status: "REFUNDED", version: 3 });
    await paid(core, await chargedUser(core), seatIds);
  });

  it("is refunded only to its payer, once, and before the performance", async () => {
    const { core, sql } = current();
    const userId = await chargedUser(core);
    const { seatIds, performanceId } = await makeSale(core, 1);
    const { paymentId } = await paid(core, userId, seatIds);
    const codeFor = async (input: { userId: number; paymentId: number }) =>
      codeOf(await failureOf(refundPayment(core, input)));
    expect(await codeFor({ userId, paymentId: 999_999_999 })).to.equal("PAYMENT_NOT_FOUND");
    expect(await codeFor({ userId: newUserId(), paymentId })).to.equal("PAYMENT_NOT_YOURS");
    const past = new Date(core.clock.nowMs() - 1_000);
    await sql("UPDATE performances SET starts_at = ? WHERE id = ?", [past, performanceId]);
    expect(await codeFor({ userId, paymentId })).to.equal("PERFORMANCE_STARTED");
    const future = new Date(core.clock.nowMs() + 3_600_000);
    await sql("UPDATE performances SET starts_at = ? WHERE id = ?", [future, performanceId]);
    const { value } = await refundPayment(core, { userId, paymentId });
    const again = await refundPayment(core, { userId, paymentId });
    expect(again).to.deep.equal({ value, replayed: true });
  });
});
