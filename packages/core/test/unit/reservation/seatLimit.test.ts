import { besideOpen, expectWaiting } from "@onsale/conformance/transactionRace";
import { expect } from "chai";
import { payReservation } from "../../../src/payment/payReservation.ts";
import { refundPayment } from "../../../src/payment/refundPayment.ts";
import { cancelReservation } from "../../../src/reservation/cancelReservation.ts";
import { expireHold } from "../../../src/reservation/expireHold.ts";
import { holdSeats } from "../../../src/reservation/holdSeats.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  firstOf,
  held,
  makeSale,
  newUserId,
  paid,
  QUEUE_ID,
  tally,
} from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { payInside } from "../../support/payInside.ts";

const MAX = 5;

describe("the limit on a buyer's seats of one performance", () => {
  const current = useMemoryCore({ SEATS_PER_BUYER_MAX: String(MAX) });
  let userId: number;
  let seats: readonly number[];
  beforeEach("makes a buyer with points and a sale of twelve seats", async () => {
    userId = await chargedUser(current().core);
    seats = (await makeSale(current().core, 12)).seatIds;
  });

  const take = (from: number, to: number) => held(current().core, userId, seats.slice(from, to));
  const refusal = async (from: number, to: number) => {
    const error = await failureOf(take(from, to));
    expect(codeOf(error)).to.equal("SEAT_LIMIT_REACHED");
    return error;
  };
  const passHold = () => current().clock.pass(current().core.config.hold.ttlMs + 1);

  it("allows as many seats as the limit, and refuses one more without taking any", async () => {
    await take(0, 4);
    const error = await refusal(4, 6);
    expect(error).to.deep.include({
      details: { seatsMax: MAX, seatsHeld: 4, seatsPaid: 0, seatsRequested: 2 },
    });
    const { core } = current();
    const [left] = await core.seats.find(null, seats.slice(4, 6));
    expect(left?.status).to.equal("AVAILABLE");
    await take(4, 5);
  });

  it("refuses with the buyer's numbers of seats and the next step", async () => {
    const textOf = (error: unknown) => (error instanceof Error ? error.message : "");
    await paid(current().core, userId, seats.slice(0, 3));
    await take(3, 4);
    expect(textOf(await refusal(4, 6))).to.equal(
      "A buyer may have 5 seats of a performance. You hold 1, paid for 3 and asked for 2 more; " +
        "choose 1 or fewer",
    );
    await take(4, 5);
    expect(textOf(await refusal(5, 6))).to.contain("pay or cancel a hold first");
    passHold();
    await paid(current().core, userId, seats.slice(5, 7));
    expect(textOf(await refusal(7, 8))).to.contain("refund a payment first");
  });

  it("counts paid seats", async () => {
    await paid(current().core, userId, seats.slice(0, 4));
    await refusal(4, 6);
  });

  it("does not count other buyers' seats or seats of other performances", async () => {
    const { core } = current();
    await take(0, 4);
    await held(core, newUserId(), seats.slice(4, 8));
    await held(core, userId, (await makeSale(core, 4)).seatIds);
  });

  it("does not count seats that were cancelled, refunded or expired", async () => {
    const { core } = current();
    const reservationId = await take(0, 4);
    await cancelReservation(core, { userId, reservationId });
    const { paymentId } = await paid(core, userId, seats.slice(0, 4));
    await refundPayment(core, { userId, paymentId });
    const expired = await take(0, 4);
    passHold();
    await core.withTransaction((tx) => expireHold(core, tx, expired));
    await take(0, 4);
  });

  it("does not count an overdue hold that the reaper has not ended, and ends it", async () => {
    const { core } = current();
    const overdue = await take(0, 4);
    passHold();
    const fresh = await take(4, 8);
    expect(await core.reservations.find(null, overdue)).to.include({ status: "EXPIRED" });
    expect(await core.reservations.find(null, fresh)).to.include({ status: "PENDING" });
    const [back] = await core.seats.find(null, seats.slice(0, 1));
    expect(back?.status).to.equal("AVAILABLE");
  });

  it("does not end an overdue hold when the limit allows the new hold beside it", async () => {
    const { core } = current();
    const overdue = await take(0, 1);
    passHold();
    await take(4, 8);
    expect(await core.reservations.find(null, overdue)).to.include({ status: "PENDING" });
  });

  it("counts a hold whose payment began in time and commits after the hold's end", async () => {
    const { core } = current();
    const reservationId = await take(0, 4);
    const { refused } = await besideOpen(current().another(), async ({ act, end }) => {
      await act((payer, tx) => payInside(payer, tx, reservationId));
      passHold();
      const waiting = take(4, 6);
      const refused = failureOf(waiting);
      await expectWaiting(core, waiting);
      await end("commit");
      return { refused };
    });
    expect(codeOf(await refused)).to.equal("SEAT_LIMIT_REACHED");
  });

  describe("of a performance with its own limit", () => {
    const own = async (seatsPerBuyerMax: number) => {
      const { core } = current();
      const sale = await makeSale(core, 8);
      const found = await core.catalog.findPerformance(null, sale.performanceId);
      if (!found) throw new Error("it was made");
      await core.withTransaction((tx) =>
        core.catalog.updatePerformance(tx, sale.performanceId, { ...found, seatsPerBuyerMax }),
      );
      return sale.seatIds;
    };

    it("is smaller than that of the installation, also for parallel holds", async () => {
      const { core } = current();
      const ids = await own(2);
      expect(codeOf(await failureOf(held(core, userId, ids.slice(0, 3))))).to.equal(
        "SEAT_LIMIT_REACHED",
      );
      const counts = await tally(ids.map((seatId) => held(core, userId, [seatId])));
      expect(counts).to.deep.equal({ ok: 2, SEAT_LIMIT_REACHED: 6 });
      await take(0, 4);
    });

    it("is larger than that of the installation", async () => {
      const { core } = current();
      const ids = await own(7);
      const counts = await tally(ids.map((seatId) => held(core, userId, [seatId])));
      expect(counts).to.deep.equal({ ok: 7, SEAT_LIMIT_REACHED: 1 });
    });
  });

  it("cannot be exceeded by parallel holds", async () => {
    const { core } = current();
    const counts = await tally(seats.map((seatId) => held(core, userId, [seatId])));
    expect(counts).to.deep.equal({ ok: MAX, SEAT_LIMIT_REACHED: seats.length - MAX });
  });

  it("does not prevent a repeated request from getting its stored answer", async () => {
    const { core } = current();
    const request = { userId, seatIds: seats.slice(0, 4), queueId: QUEUE_ID };
    const first = await holdSeats(core, { ...request, idempotency: { key: "k" } });
    await take(4, 5);
    const again = await holdSeats(core, { ...request, idempotency: { key: "k" } });
    expect(again).to.deep.equal({ value: first.value, replayed: true });
    await payReservation(core, { userId, reservationId: first.value.reservationId });
    expect(firstOf(await core.seats.find(null, seats)).status).to.equal("SOLD");
  });
});
