import { expect } from "chai";
import { refundPayment } from "../../../src/payment/refundPayment.ts";
import { balanceOf } from "../../../src/point/balanceOf.ts";
import { POINTS_MAX } from "../../../src/shared/points.ts";
import {
  chargedUser,
  chargeInside,
  codeOf,
  failureOf,
  makeSale,
  newUserId,
  paid,
  SEAT_PRICE,
} from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

const BALANCE = 3 * SEAT_PRICE;
const STARTS_IN_MS = 3_600_000;
const NO_PAYMENT = 999;

describe("refundPayment", () => {
  const current = useMemoryCore();
  let userId: number;
  let seatId: number;
  let reservationId: number;
  let paymentId: number;
  let startsAt: Date;
  beforeEach("sells a seat of a performance that begins in an hour", async () => {
    const { core, clock } = current();
    userId = await chargedUser(core, BALANCE);
    startsAt = new Date(clock.nowMs() + STARTS_IN_MS);
    const { seatIds } = await makeSale(core, 1, { startsAt });
    seatId = seatIds[0] ?? 0;
    ({ reservationId, paymentId } = await paid(core, userId, seatIds));
  });

  const refund = (as = userId, id = paymentId) =>
    refundPayment(current().core, { userId: as, paymentId: id });
  const balance = () => balanceOf(current().core, { userId });
  const seat = async () => (await current().core.seats.find(null, [seatId]))[0];

  async function expectUnchanged(): Promise<void> {
    const { core } = current();
    expect(await core.reservations.find(null, reservationId)).to.include({ status: "CONFIRMED" });
    expect(await core.payments.find(null, paymentId)).to.include({ version: 1 });
    expect(await seat()).to.include({ status: "SOLD", reservationId });
  }

  it("returns the points, and puts the seat on sale again", async () => {
    const { core } = current();
    const { value } = await refund();
    expect(value).to.include({
      paymentId,
      reservationId,
      status: "REFUNDED",
      refunded: SEAT_PRICE,
      currentPoints: BALANCE,
    });
    expect(value.show).to.include({ title: "Rush", timeZone: "UTC" });
    expect(await balance()).to.equal(BALANCE);
    expect(await seat()).to.include({ status: "AVAILABLE", reservationId: undefined });
    expect(await core.reservations.find(null, reservationId)).to.include({ status: "REFUNDED" });
  });

  it("posts the refund under a key of the reservation that the ledger accepts once", async () => {
    const { core } = current();
    await refund();
    const entryKey = `refund:reservation:${reservationId}`;
    const again = core.withTransaction((tx) =>
      core.ledger.post(tx, { userId, kind: "REFUND", amount: 1, entryKey, reservationId }),
    );
    expect(await failureOf(again)).to.have.property("kind", "duplicate");
    expect(await balance()).to.equal(BALANCE);
  });

  it("writes messages of reservation, account and payment, each with its version", async () => {
    const before = (await current().messages()).length;
    await refund();
    const messages = (await current().messages()).slice(before);
    expect(
      messages.map((message) => [message.type, message.aggregateId, message.aggregateVersion]),
    ).to.deep.equal([
      ["reservation.refunded", reservationId, 3],
      ["point-account.refunded", userId, 3],
      ["payment.refunded", paymentId, 2],
    ]);
  });

  it("refuses a refund from the millisecond in which the performance begins", async () => {
    current().clock.pass(startsAt.getTime() - current().clock.nowMs());
    expect(codeOf(await failureOf(refund()))).to.equal("PERFORMANCE_STARTED");
    await expectUnchanged();
  });

  it("refunds until the millisecond before the performance begins", async () => {
    current().clock.pass(startsAt.getTime() - 1 - current().clock.nowMs());
    expect((await refund()).value).to.include({ status: "REFUNDED" });
  });

  it("refuses another buyer and an unknown payment, and moves no points", async () => {
    expect(codeOf(await failureOf(refund(newUserId())))).to.equal("PAYMENT_NOT_YOURS");
    expect(codeOf(await failureOf(refund(userId, NO_PAYMENT)))).to.equal("PAYMENT_NOT_FOUND");
    expect(await balance()).to.equal(BALANCE - SEAT_PRICE);
    await expectUnchanged();
  });

  it("returns the buyer's refund again, also after the performance", async () => {
    const { value } = await refund();
    current().clock.pass(STARTS_IN_MS + 1);
    expect(await refund()).to.deep.equal({ value, replayed: true });
    expect(await balance()).to.equal(BALANCE);
    expect(codeOf(await failureOf(refund(newUserId())))).to.equal("PAYMENT_NOT_YOURS");
  });

  it("refuses a refund above the balance's limit, and keeps the seat sold", async () => {
    const { core } = current();
    const missing = POINTS_MAX - (await balance());
    await core.withTransaction((tx) => chargeInside(core, tx, userId, missing));
    expect(codeOf(await failureOf(refund()))).to.equal("BALANCE_LIMIT");
    expect(await balance()).to.equal(POINTS_MAX);
    await expectUnchanged();
  });
});
