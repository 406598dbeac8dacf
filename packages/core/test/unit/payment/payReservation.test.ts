import { expect } from "chai";
import { payReservation } from "../../../src/payment/payReservation.ts";
import { refundPayment } from "../../../src/payment/refundPayment.ts";
import { balanceOf, pointHistory } from "../../../src/point/balanceOf.ts";
import type { ReservationStatus } from "../../../src/ports/reservationStore.ts";
import { joinQueue } from "../../../src/queue/joinQueue.ts";
import { promoteWaiting } from "../../../src/queue/promoteWaiting.ts";
import { cancelReservation } from "../../../src/reservation/cancelReservation.ts";
import { releaseExpiredHolds } from "../../../src/reservation/releaseExpiredHolds.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  held,
  makeSale,
  makeSeat,
  newUserId,
  QUEUE_ID,
  SEAT_PRICE,
} from "../../support/fixtures.ts";
import { openMemoryTestCore, useMemoryCore } from "../../support/memoryCore.ts";

const BALANCE = 10 * SEAT_PRICE;
const NO_RESERVATION = 999;

describe("payReservation", () => {
  const current = useMemoryCore();
  let userId: number;
  let seatIds: readonly number[];
  let reservationId: number;
  beforeEach("holds two seats for a buyer with an active place", async () => {
    const { core } = current();
    userId = await chargedUser(core, BALANCE);
    ({ seatIds } = await makeSale(core, 2));
    await admit();
    reservationId = await held(core, userId, seatIds);
  });

  async function admit(): Promise<void> {
    await joinQueue(current().core, { queueId: QUEUE_ID, userId });
    await promoteWaiting(current().core, { queueId: QUEUE_ID });
  }
  const pay = (more: { idempotency?: { key: string } } = {}) =>
    payReservation(current().core, { userId, reservationId, ...more });
  const placeStatus = async () => (await current().core.queue.place(QUEUE_ID, userId)).status;
  const reservation = () => current().core.reservations.find(null, reservationId);
  const seatStates = async () =>
    (await current().core.seats.find(null, seatIds)).map((seat) => seat.status);

  it("charges the price at the time of the hold, even when a seat's price changed", async () => {
    const { core, servers } = current();
    const { seats } = servers.database.tables;
    await servers.database.autocommit((s) =>
      s.update(
        seats,
        seats.of([...seatIds]),
        () => true,
        (seat) => ({ ...seat, price: 1 }),
      ),
    );
    const { value, replayed } = await pay();
    expect(replayed).to.equal(false);
    expect(value).to.include({
      reservationId,
      status: "CAPTURED",
      price: 2 * SEAT_PRICE,
      currentPoints: BALANCE - 2 * SEAT_PRICE,
    });
    expect(value.seats.map((seat) => seat.price)).to.deep.equal([SEAT_PRICE, SEAT_PRICE]);
    expect((await pointHistory(core, { userId, limit: 1 }))[0]).to.include({
      kind: "SPEND",
      amount: 2 * SEAT_PRICE,
      balanceAfter: BALANCE - 2 * SEAT_PRICE,
      reservationId,
    });
    expect(await reservation()).to.include({ status: "CONFIRMED", version: 2 });
    expect(await seatStates()).to.deep.equal(["SOLD", "SOLD"]);
  });

  it("posts the spend under a key of the reservation that the ledger accepts once", async () => {
    const { core } = current();
    await pay();
    const entryKey = `spend:reservation:${reservationId}`;
    const again = core.withTransaction((tx) =>
      core.ledger.post(tx, { userId, kind: "SPEND", amount: 1, entryKey, reservationId }),
    );
    expect(await failureOf(again)).to.have.property("kind", "duplicate");
    expect(await balanceOf(core, { userId })).to.equal(BALANCE - 2 * SEAT_PRICE);
  });

  it("writes messages of reservation, account and payment, each with its version", async () => {
    const before = (await current().messages()).length;
    const { value } = await pay();
    const messages = (await current().messages()).slice(before);
    expect(
      messages.map((message) => [message.type, message.aggregateId, message.aggregateVersion]),
    ).to.deep.equal([
      ["reservation.confirmed", reservationId, 2],
      ["point-account.spent", userId, 2],
      ["payment.captured", value.paymentId, 1],
    ]);
  });

  it("ends the buyer's admission after the commit", async () => {
    const calls = await current().callsOf(pay);
    expect(calls.indexOf("redis queue.leave")).to.be.greaterThan(calls.indexOf("mysql commit"));
    expect(await placeStatus()).to.equal("NONE");
  });

  it("keeps the admission and every point when the commit fails", async () => {
    const { core, loseCalls, restoreCalls } = current();
    loseCalls(/^mysql commit/);
    expect(codeOf(await failureOf(pay()))).to.equal("OUTCOME_UNKNOWN");
    restoreCalls();
    expect(await placeStatus()).to.equal("ACTIVE");
    expect(await reservation()).to.include({ status: "PENDING", version: 1 });
    expect(await balanceOf(core, { userId })).to.equal(BALANCE);
  });

  it("returns the same answer to a repetition, and ends no newer admission", async () => {
    const idempotency = { key: "k" };
    const { value } = await pay({ idempotency });
    const before = (await current().messages()).length;
    await admit();
    expect(await pay({ idempotency })).to.deep.equal({ value, replayed: true });
    expect(await placeStatus()).to.equal("ACTIVE");
    expect(await current().messages()).to.have.length(before);
    expect(await balanceOf(current().core, { userId })).to.equal(value.currentPoints);
  });

  it("returns price and balance when the balance does not cover the price", async () => {
    const { core } = current();
    const poorId = await chargedUser(core, 20);
    const poorHold = await held(core, poorId, [await makeSeat(core)]);
    await joinQueue(core, { queueId: QUEUE_ID, userId: poorId });
    await core.clock.sleep(1_000);
    await promoteWaiting(core, { queueId: QUEUE_ID });
    const messagesBefore = (await current().messages()).length;
    const failure = await failureOf(
      payReservation(core, { userId: poorId, reservationId: poorHold }),
    );
    expect(codeOf(failure)).to.equal("INSUFFICIENT_POINTS");
    expect(failure).to.deep.include({ details: { required: SEAT_PRICE, balance: 20 } });
    expect(await core.reservations.find(null, poorHold)).to.include({ status: "PENDING" });
    expect(await current().messages()).to.have.length(messagesBefore);
    expect((await core.queue.place(QUEUE_ID, poorId)).status).to.equal("ACTIVE");
  });

  const pass = async (ms: number) => current().clock.pass(ms);
  const holdMs = () => current().core.config.hold.ttlMs;
  const expire = async () => {
    await pass(holdMs());
    await releaseExpiredHolds(current().core);
  };
  const refund = async () => {
    const { value } = await pay();
    await refundPayment(current().core, { userId, paymentId: value.paymentId });
  };
  const cancel = () => cancelReservation(current().core, { userId, reservationId });
  const refusals: readonly (readonly [
    string,
    ReservationStatus,
    () => Promise<unknown>,
    string,
  ])[] = [
    ["overdue and still PENDING", "PENDING", () => pass(holdMs()), "HOLD_EXPIRED"],
    ["EXPIRED", "EXPIRED", expire, "HOLD_EXPIRED"],
    ["CANCELLED", "CANCELLED", cancel, "RESERVATION_STATE_CONFLICT"],
    ["REFUNDED", "REFUNDED", refund, "RESERVATION_STATE_CONFLICT"],
  ];
  for (const [state, status, reach, code] of refusals) {
    it(`refuses a reservation that is ${state} with ${code}, and moves no points`, async () => {
      const { core } = current();
      await reach();
      const balance = await balanceOf(core, { userId });
      expect(codeOf(await failureOf(pay()))).to.equal(code);
      expect(await balanceOf(core, { userId })).to.equal(balance);
      expect(await reservation()).to.include({ status });
    });
  }

  it("returns the buyer's payment again without its key, and moves no points", async () => {
    const { value } = await pay();
    const { core, messages } = current();
    const before = (await messages()).length;
    await admit();
    for (const more of [{}, { idempotency: { key: "another" } }]) {
      expect(await pay(more)).to.deep.equal({ value, replayed: true });
    }
    expect(await messages()).to.have.length(before);
    expect(await balanceOf(core, { userId })).to.equal(value.currentPoints);
    expect(await placeStatus()).to.equal("ACTIVE");
    const others = payReservation(core, { userId: newUserId(), reservationId });
    expect(codeOf(await failureOf(others))).to.equal("RESERVATION_NOT_YOURS");
  });

  it("refuses an unknown or another buyer's reservation, and confirms none", async () => {
    const { core } = current();
    const others = payReservation(core, { userId: newUserId(), reservationId });
    expect(codeOf(await failureOf(others))).to.equal("RESERVATION_NOT_YOURS");
    const unknown = payReservation(core, { userId, reservationId: NO_RESERVATION });
    expect(codeOf(await failureOf(unknown))).to.equal("RESERVATION_NOT_FOUND");
    expect(await reservation()).to.include({ status: "PENDING", version: 1 });
  });
});

describe("payReservation when a bug let another transaction take a seat of a live hold", () => {
  it("fails an assertion, and commits nothing", async () => {
    const { core, servers } = openMemoryTestCore();
    const { seats } = servers.database.tables;
    const userId = await chargedUser(core, BALANCE);
    const seatId = await makeSeat(core);
    const reservationId = await held(core, userId, [seatId]);
    await servers.database.autocommit((s) =>
      s.update(
        seats,
        seats.of([seatId]),
        () => true,
        (seat) => ({ ...seat, version: seat.version + 1 }),
      ),
    );
    const failure = await failureOf(payReservation(core, { userId, reservationId }));
    expect(failure).to.have.property("name", "AssertionError");
    expect(await core.reservations.find(null, reservationId)).to.include({ status: "PENDING" });
    expect(await balanceOf(core, { userId })).to.equal(BALANCE);
  });
});
