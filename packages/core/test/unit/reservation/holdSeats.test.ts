import { besideOpen } from "@onsale/conformance/transactionRace";
import { expect } from "chai";
import { payReservation } from "../../../src/payment/payReservation.ts";
import { cancelReservation } from "../../../src/reservation/cancelReservation.ts";
import { reservationsOf } from "../../../src/reservation/findReservation.ts";
import { holdSeats } from "../../../src/reservation/holdSeats.ts";
import { fingerprintOf } from "../../../src/shared/idempotencyFingerprint.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  held,
  makeSale,
  newUserId,
  paid,
  QUEUE_ID,
  SEAT_PRICE,
} from "../../support/fixtures.ts";
import { openMemoryTestCore, useMemoryCore } from "../../support/memoryCore.ts";

const NO_SEAT = 999_999;

describe("holdSeats", () => {
  const current = useMemoryCore({ SEAT_LOCK: "redlock" });
  let userId: number;
  let seats: readonly [number, number, number];
  beforeEach("puts three seats on sale", async () => {
    const { core } = current();
    userId = await chargedUser(core);
    const [one = 0, two = 0, three = 0] = (await makeSale(core, 3)).seatIds;
    seats = [one, two, three];
  });

  const hold = async (seatIds: readonly number[], queueId = QUEUE_ID) =>
    holdSeats(current().core, { userId, seatIds, queueId });
  const statuses = async () =>
    (await current().core.seats.find(null, seats)).map((seat) => seat.status);
  const mine = () => reservationsOf(current().core, { userId, limit: 10 });
  const lastMessages = async (count: number) => (await current().messages()).slice(-count);

  it("returns seats in the order of their ids, whatever their order in the request", async () => {
    const { value } = await hold([seats[2], seats[0], seats[1]]);
    expect(value.seats.map((seat) => seat.seatId)).to.deep.equal(seats);
    expect(await statuses()).to.deep.equal(["HELD", "HELD", "HELD"]);
  });

  it("treats the same seats in another order as the same request", async () => {
    const request = { userId, queueId: QUEUE_ID, idempotency: { key: "k" } };
    const { core } = current();
    const { value } = await holdSeats(core, { ...request, seatIds: [seats[1], seats[0]] });
    const again = await holdSeats(core, { ...request, seatIds: [seats[0], seats[1]] });
    expect(again).to.deep.equal({ value, replayed: true });
  });

  it("stores the sum of the prices, the prices and the expiry of the seats", async () => {
    const { core } = current();
    const cheap = await makeSale(core, 1, { price: 250 });
    const { value } = await hold(seats.slice(0, 2));
    expect(value.amount).to.equal(2 * SEAT_PRICE);
    const [reservation] = await mine();
    expect(reservation).to.deep.include({
      id: value.reservationId,
      userId,
      status: "PENDING",
      version: 1,
      amount: 2 * SEAT_PRICE,
      expiresAt: new Date(core.clock.nowMs() + core.config.hold.ttlMs),
    });
    expect(value.expiresAt).to.equal(reservation?.expiresAt.toISOString());
    for (const seat of await core.seats.find(null, seats.slice(0, 2))) {
      expect(seat.holdExpiresAt).to.deep.equal(reservation?.expiresAt);
      expect(seat.reservationId).to.equal(value.reservationId);
    }
    expect((await hold(cheap.seatIds)).value.amount).to.equal(250);
  });

  it("stores each seat's version, so that seats with different versions can be paid", async () => {
    const { core } = current();
    const reservationId = await held(core, userId, [seats[1]]);
    await cancelReservation(core, { userId, reservationId });
    const { value } = await hold(seats);
    const versions = (await core.seats.find(null, seats)).map((seat) => seat.version);
    expect(new Set(versions)).to.have.property("size", 2);
    await payReservation(core, { userId, reservationId: value.reservationId });
    expect(await statuses()).to.deep.equal(["SOLD", "SOLD", "SOLD"]);
  });

  it("writes one message, in the transaction of the hold", async () => {
    const before = (await current().messages()).length;
    const { value } = await hold([seats[0]]);
    expect(await current().messages()).to.have.length(before + 1);
    expect((await lastMessages(1))[0]).to.deep.include({
      aggregateType: "reservation",
      aggregateId: value.reservationId,
      aggregateVersion: 1,
      type: "reservation.held",
    });
  });

  it("leaves neither hold nor message when the commit fails", async () => {
    const { loseCalls, restoreCalls, messages } = current();
    const before = (await messages()).length;
    loseCalls(/^mysql commit/);
    expect(codeOf(await failureOf(hold([seats[0]])))).to.equal("OUTCOME_UNKNOWN");
    restoreCalls();
    expect(await statuses()).to.deep.equal(["AVAILABLE", "AVAILABLE", "AVAILABLE"]);
    expect(await messages()).to.have.length(before);
    expect(await mine()).to.deep.equal([]);
  });

  it("ends each overdue hold from which it takes seats, once and in the order of ids", async () => {
    const { core, clock } = current();
    const rivalId = newUserId();
    const outer = await held(core, rivalId, [seats[0], seats[2]]);
    const inner = await held(core, rivalId, [seats[1]]);
    clock.pass(core.config.hold.ttlMs + 1);
    const { value } = await hold(seats);
    expect(
      (await lastMessages(3)).map((message) => [message.type, message.aggregateId]),
    ).to.deep.equal([
      ["reservation.expired", outer],
      ["reservation.expired", inner],
      ["reservation.held", value.reservationId],
    ]);
    expect(await core.reservations.find(null, outer)).to.include({ status: "EXPIRED" });
    expect(await core.reservations.find(null, inner)).to.include({ status: "EXPIRED" });
  });

  it("refuses no seat, a seat named twice and too many seats without a call", async () => {
    const { callsOf, core } = current();
    const tooMany = Array.from({ length: core.config.hold.seatsMax + 1 }, (_unused, i) => i + 1);
    for (const wrong of [[], [1, 1], tooMany]) {
      const calls = await callsOf(async () => {
        expect(codeOf(await failureOf(hold(wrong)))).to.equal("SEAT_COUNT_INVALID");
      });
      expect(calls).to.deep.equal([]);
    }
  });

  it("refuses a seat whose lock another buyer has, without a transaction", async () => {
    const { callsOf, core } = current();
    const lease = await core.seatLock.tryAcquire([seats[1]]);
    const calls = await callsOf(async () => {
      expect(codeOf(await failureOf(hold(seats)))).to.equal("SEAT_CONTENDED");
    });
    expect(calls.filter((call) => call.startsWith("mysql"))).to.deep.equal([]);
    expect(await statuses()).to.deep.equal(["AVAILABLE", "AVAILABLE", "AVAILABLE"]);
    await lease?.release();
  });

  it("answers a repeated request by its key, also while another buyer has the lock", async () => {
    const { another, core } = current();
    const request = { userId, seatIds: seats, queueId: QUEUE_ID, idempotency: { key: "k" } };
    const record = { userId, operation: "reserve", key: "k" };
    await besideOpen(another(), async ({ act }) => {
      await act((first, tx) => first.idempotency.start(tx, record, "fingerprint"));
      const lease = await core.seatLock.tryAcquire(seats);
      expect(codeOf(await failureOf(holdSeats(core, request)))).to.equal("IDEMPOTENCY_IN_PROGRESS");
      await lease?.release();
    });
    const first = await holdSeats(core, request);
    const lease = await core.seatLock.tryAcquire(seats);
    expect(await holdSeats(core, request)).to.deep.equal({ value: first.value, replayed: true });
    const other = { ...request, idempotency: { key: "other" } };
    expect(codeOf(await failureOf(holdSeats(core, other)))).to.equal("SEAT_CONTENDED");
    await lease?.release();
  });

  it("releases the seat lock after success and after failure", async () => {
    const { core } = current();
    const refused = () => failureOf(hold([seats[0], seats[1]]));
    for (const attempt of [() => hold([seats[0]]), refused]) {
      await attempt();
      const lease = await core.seatLock.tryAcquire([seats[0]]);
      expect(lease).not.to.equal(undefined);
      await lease?.release();
    }
  });

  it("refuses with SEAT_ALREADY_HELD, names only the held seat, and takes no other", async () => {
    const { core } = current();
    await held(core, newUserId(), [seats[1]]);
    const failure = await failureOf(hold(seats));
    expect(codeOf(failure)).to.equal("SEAT_ALREADY_HELD");
    expect(failure).to.deep.include({ details: { seatIds: [seats[1]] } });
    expect(await statuses()).to.deep.equal(["AVAILABLE", "HELD", "AVAILABLE"]);
    expect(await mine()).to.deep.equal([]);
  });

  it("returns the buyer's live hold of exactly these seats, and writes nothing", async () => {
    const { value, replayed } = await hold([seats[1], seats[0]]);
    const before = (await current().messages()).length;
    expect(replayed).to.equal(false);
    expect(await hold([seats[0], seats[1]])).to.deep.equal({ value, replayed: true });
    expect(await current().messages()).to.have.length(before);
    expect(await mine()).to.have.length(1);
  });

  it("says what the hold is for, also when an earlier version stored the answer", async () => {
    const { core } = current();
    const seatIds = [seats[0]];
    const { value } = await hold(seatIds);
    expect(value.show).to.include({ title: "Rush", singer: "The Locks", venue: "Hall" });
    const { show: _new, ...stored } = value;
    const record = { userId, operation: "reserve", key: "old" };
    await core.withTransaction(async (tx) => {
      await core.idempotency.start(tx, record, fingerprintOf({ seatIds }));
      await core.idempotency.finish(tx, record, stored);
    });
    const request = { userId, seatIds, queueId: QUEUE_ID, idempotency: { key: "old" } };
    expect(await holdSeats(core, request)).to.deep.equal({ value, replayed: true });
  });

  it("names the buyer's own reservation when it has a part of the seats", async () => {
    const { value } = await hold([seats[0], seats[1]]);
    for (const [wanted, taken] of [
      [[seats[0]], [seats[0]]],
      [seats, [seats[0], seats[1]]],
    ] as const) {
      const failure = await failureOf(hold(wanted));
      expect(codeOf(failure)).to.equal("SEAT_ALREADY_HELD");
      const { reservationId } = value;
      expect(failure).to.deep.include({ details: { seatIds: taken, reservationId } });
    }
  });

  it("makes a new hold of the same seats when the buyer's own is overdue", async () => {
    const { core, clock } = current();
    const { value } = await hold(seats);
    clock.pass(core.config.hold.ttlMs + 1);
    const again = await hold(seats);
    expect(again.replayed).to.equal(false);
    expect(again.value.reservationId).to.be.above(value.reservationId);
  });

  it("refuses with SEAT_ALREADY_SOLD when one seat is sold and another held", async () => {
    const { core } = current();
    const rivalId = await chargedUser(core);
    await paid(core, rivalId, [seats[1]]);
    await held(core, rivalId, [seats[2]]);
    const failure = await failureOf(hold(seats));
    expect(codeOf(failure)).to.equal("SEAT_ALREADY_SOLD");
    expect(failure).to.deep.include({ details: { seatIds: [seats[1]] } });
    expect(await statuses()).to.deep.equal(["AVAILABLE", "SOLD", "HELD"]);
    const own = holdSeats(core, { userId: rivalId, seatIds: [seats[1]], queueId: QUEUE_ID });
    expect(await failureOf(own)).to.have.nested.property("details.reservationId");
  });

  it("refuses with SEAT_NOT_FOUND when a seat is unknown, and takes no other", async () => {
    const failure = await failureOf(hold([seats[0], NO_SEAT]));
    expect(codeOf(failure)).to.equal("SEAT_NOT_FOUND");
    expect(failure).to.deep.include({ details: { seatIds: [NO_SEAT] } });
    expect(await statuses()).to.deep.equal(["AVAILABLE", "AVAILABLE", "AVAILABLE"]);
    expect(await mine()).to.deep.equal([]);
  });

  it("refuses a hold from the millisecond in which the performance begins", async () => {
    const { core, clock } = current();
    const startsAt = new Date(clock.nowMs() + 5_000);
    const { seatIds } = await makeSale(core, 2, { startsAt });
    clock.pass(4_999);
    await hold(seatIds.slice(0, 1));
    clock.pass(1);
    expect(codeOf(await failureOf(hold(seatIds.slice(1))))).to.equal("PERFORMANCE_STARTED");
  });

  it("refuses a seat of another waiting room, and holds nothing", async () => {
    expect(codeOf(await failureOf(hold([seats[0]], "vip")))).to.equal("QUEUE_TOKEN_WRONG_QUEUE");
    expect(await statuses()).to.deep.equal(["AVAILABLE", "AVAILABLE", "AVAILABLE"]);
    expect(await mine()).to.deep.equal([]);
  });

  it("refuses seats of two performances, and holds nothing", async () => {
    const other = await makeSale(current().core, 1);
    const failure = await failureOf(hold([seats[0], ...other.seatIds]));
    expect(codeOf(failure)).to.equal("SEATS_OF_SEVERAL_PERFORMANCES");
    expect(await statuses()).to.deep.equal(["AVAILABLE", "AVAILABLE", "AVAILABLE"]);
    expect(await mine()).to.deep.equal([]);
  });
});

describe("holdSeats without a seat lock", () => {
  it("refuses a seat that another transaction has locked, without waiting", async () => {
    const { core, another } = openMemoryTestCore({ SEAT_LOCK: "conditional" });
    const [one = 0, two = 0, three = 0] = (await makeSale(core, 3)).seatIds;
    const hold = (seatIds: readonly number[]) =>
      holdSeats(core, { userId: newUserId(), seatIds, queueId: QUEUE_ID });
    const refused = await besideOpen(another(), async ({ act }) => {
      await act((rival, tx) => rival.seats.lock(tx, [two]));
      const refusal = await failureOf(hold([three, two, one]));
      await hold([three]);
      return refusal;
    });
    expect(codeOf(refused)).to.equal("SEAT_CONTENDED");
    expect(
      (await core.seats.find(null, [one, two, three])).map((seat) => seat.status),
    ).to.deep.equal(["AVAILABLE", "AVAILABLE", "HELD"]);
  });
});
