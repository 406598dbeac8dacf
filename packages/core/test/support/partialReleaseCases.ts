import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import { refundPayment } from "../../src/payment/refundPayment.ts";
import { refundSeatsInside } from "../../src/payment/refundSeats.ts";
import { balanceOf, pointHistory } from "../../src/point/balanceOf.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { cancelSeatsInside } from "../../src/reservation/cancelSeats.ts";
import { checkSales, hasDrifted } from "../../src/sales/checkSales.ts";
import { expectInvariants } from "./expectInvariants.ts";
import { chargedUser, codeOf, failureOf, firstOf, held, makeSale, newUserId } from "./fixtures.ts";

const PRICES = [100, 70, 0, 30] as const;
const POINTS = 1_000;

interface Party {
  readonly userId: number;
  readonly seatIds: readonly number[];
  readonly reservationId: number;
}

type Current = () => { readonly core: CoreContext };

/** Seats that leave a reservation before its end, on any servers. */
export function partialReleaseCases(current: Current): void {
  let party: Party;
  beforeEach("holds four seats of different prices", async () => {
    const { core } = current();
    const { seatIds } = await makeSale(core, PRICES.length, { prices: PRICES });
    const userId = await chargedUser(core, POINTS);
    party = { userId, seatIds, reservationId: await held(core, userId, seatIds) };
  });
  afterEach("checks the invariants", () => expectInvariants(current().core));
  const acts = actsOf(current, () => party);
  stepCases(current, acts);
  repeatedPaymentCase(current, acts);
  otherCases(current, acts);
}

/** The acts of an operator and of the buyer. They name seats by their place in the party. */
function actsOf(current: Current, party: () => Party) {
  const idsAt = (at: readonly number[]) => at.map((one) => party().seatIds[one] ?? 0);
  return {
    party,
    idsAt,
    pay: async () => (await payReservation(current().core, party())).value.paymentId,
    cancelSeats(...at: number[]) {
      const { reservationId } = party();
      return current().core.withTransaction((tx) =>
        cancelSeatsInside(current().core, tx, { reservationId, seatIds: idsAt(at) }),
      );
    },
    refundSeats: (paymentId: number, ...at: number[]) =>
      current().core.withTransaction((tx) =>
        refundSeatsInside(current().core, tx, { paymentId, seatIds: idsAt(at) }),
      ),
    statuses: async () =>
      (await current().core.seats.find(null, party().seatIds)).map(({ status }) => status),
    now: () => current().core.reservations.find(null, party().reservationId),
  };
}

type Acts = ReturnType<typeof actsOf>;

function stepCases(current: Current, acts: Acts): void {
  const { party, idsAt, pay, cancelSeats, refundSeats, statuses, now } = acts;

  it("leave a hold with its other seats, their price and its end", async () => {
    const before = await now();
    await cancelSeats(0);
    expect(await statuses()).to.deep.equal(["AVAILABLE", "HELD", "HELD", "HELD"]);
    const after = await now();
    expect(after).to.include({ status: "PENDING", amount: 100, version: 2 });
    expect(after?.seats.map(({ seatId }) => seatId)).to.deep.equal(idsAt([1, 2, 3]));
    expect(after?.expiresAt).to.deep.equal(before?.expiresAt);
    await held(current().core, newUserId(), idsAt([0]));
    const paymentId = await pay();
    expect(await current().core.payments.find(null, paymentId)).to.include({ amount: 100 });
    expect(await statuses()).to.deep.equal(["HELD", "SOLD", "SOLD", "SOLD"]);
  });

  it("leave a paid reservation, and the buyer gets their prices back", async () => {
    const { core } = current();
    const paymentId = await pay();
    expect(await refundSeats(paymentId, 1, 2)).to.equal(70);
    expect(await statuses()).to.deep.equal(["SOLD", "AVAILABLE", "AVAILABLE", "SOLD"]);
    expect(await now()).to.include({ status: "CONFIRMED", amount: 130, version: 3 });
    const payment = { status: "CAPTURED", amount: 200, partlyRefunded: 70, version: 2 };
    expect(await core.payments.find(null, paymentId)).to.include(payment);
    expect(await balanceOf(core, party())).to.equal(POINTS - 130);
    const [entry] = await pointHistory(core, { ...party(), limit: 1 });
    expect(entry).to.include({ kind: "REFUND", amount: 70 });
    await held(core, newUserId(), idsAt([1]));
  });

  it("leave one after the other, until the rest is refunded", async () => {
    const { core } = current();
    await cancelSeats(3);
    await expectInvariants(core);
    const paymentId = await pay();
    await refundSeats(paymentId, 2);
    await expectInvariants(core);
    await refundSeats(paymentId, 1);
    await expectInvariants(core);
    const { value } = await refundPayment(core, { userId: party().userId, paymentId });
    expect(value).to.include({ status: "REFUNDED", refunded: 100, currentPoints: POINTS });
    expect(await statuses()).to.deep.equal(PRICES.map(() => "AVAILABLE"));
    expect(await now()).to.include({ status: "REFUNDED", version: 6 });
    expect(await core.payments.find(null, paymentId)).to.include({ version: 4 });
    const again = await failureOf(refundSeats(paymentId, 0));
    expect(codeOf(again)).to.equal("RESERVATION_STATE_CONFLICT");
  });
}

function repeatedPaymentCase(current: Current, acts: Acts): void {
  const { party, cancelSeats, refundSeats } = acts;

  it("stay in the repeated answer of their payment, whose price contains them", async () => {
    const { core } = current();
    await cancelSeats(3);
    const { value } = await payReservation(core, party());
    expect(value.seats.map(({ price }) => price)).to.deep.equal([100, 70, 0]);
    const again = () => payReservation(core, party());
    for (const at of [1, 2]) {
      await refundSeats(value.paymentId, at);
      expect(await again()).to.deep.equal({ value, replayed: true });
    }
    await refundPayment(core, { userId: party().userId, paymentId: value.paymentId });
    expect(await core.payments.paidSeats(null, value.paymentId)).to.have.length(3);
  });
}

function otherCases(current: Current, acts: Acts): void {
  const { party, pay, cancelSeats, refundSeats, statuses, now } = acts;

  it("have one message for each step, with the seats that are left", async () => {
    const { core } = current();
    await cancelSeats(3);
    await refundSeats(await pay(), 0);
    const page = { state: undefined, beforeId: undefined, max: 9 };
    const none = { ids: undefined, type: undefined, since: undefined, until: undefined };
    const of = {
      ...none,
      aggregateType: "reservation",
      aggregateId: party().reservationId,
    } as const;
    const messages = await core.outboxAdmin.list(null, of, page);
    const steps = messages.map(({ type, aggregateVersion }) => `${aggregateVersion} ${type}`);
    expect(steps.toSorted()).to.deep.equal([
      "1 reservation.held",
      "2 reservation.partly-cancelled",
      "3 reservation.confirmed",
      "4 reservation.partly-refunded",
    ]);
  });

  it("do not count against the limit of the buyer any more, and not in the sales", async () => {
    const { core } = current();
    await cancelSeats(0, 1);
    const { userId, reservationId } = party();
    const seats = await core.withTransaction(async (tx) => {
      const { performanceId = 0 } = (await core.reservations.find(tx, reservationId)) ?? {};
      return core.reservations.lockSeatsOfBuyer(tx, userId, performanceId);
    });
    expect(seats).to.have.length(2);
    expect(hasDrifted(await checkSales(core))).to.equal(false);
    const range = { after: reservationId - 1, upTo: reservationId };
    expect(firstOf(await core.sales.actual(null, range))).to.include({ seats: 2, amount: 30 });
  });

  it("are refused when the reservation does not have them, or is in another state", async () => {
    await cancelSeats(0);
    expect(codeOf(await failureOf(cancelSeats(0)))).to.equal("SEAT_NOT_IN_RESERVATION");
    const paymentId = await pay();
    expect(codeOf(await failureOf(cancelSeats(1)))).to.equal("RESERVATION_STATE_CONFLICT");
    const gone = await failureOf(refundSeats(paymentId, 0, 1));
    expect(codeOf(gone)).to.equal("SEAT_NOT_IN_RESERVATION");
    expect(await statuses()).to.deep.equal(["AVAILABLE", "SOLD", "SOLD", "SOLD"]);
  });

  it("are gone when the buyer cancels or pays at the same moment, whichever is first", async () => {
    const { core } = current();
    const race = await Promise.allSettled([cancelSeats(0), pay()]);
    const codes = race.flatMap((one) => (one.status === "rejected" ? codeOf(one.reason) : []));
    expect(codes).to.satisfy((all: string[]) =>
      all.every((code) => ["RESERVATION_CHANGED", "RESERVATION_STATE_CONFLICT"].includes(code)),
    );
    await expectInvariants(core);
    const found = await now();
    if (found?.status === "PENDING") await cancelReservation(core, party());
    expect(await balanceOf(core, party())).to.be.oneOf([POINTS, POINTS - 100, POINTS - 200]);
  });
}
