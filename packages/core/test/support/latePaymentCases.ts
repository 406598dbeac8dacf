import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import { balanceOf } from "../../src/point/balanceOf.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { expectInvariants } from "./expectInvariants.ts";
import { chargedUser, codeOf, failureOf, held, makeSale, SEAT_PRICE } from "./fixtures.ts";

const BALANCE = 3 * SEAT_PRICE;
const MINUTE_MS = 60_000;

type Current = () => { readonly core: CoreContext };

/** Payments after the end of the sale and after the start of the performance, on any servers. */
export function latePaymentCases(current: Current): void {
  firstPaymentCases(current);
  repeatedPaymentCases(current);
}

function actsOf(current: Current) {
  const at = (ms: number) => new Date(current().core.clock.nowMs() + ms);
  return {
    at,
    balance: (userId: number) => balanceOf(current().core, { userId }),
    /** Holds a seat, and then changes the times of its performance. */
    async heldSeat(times: { startsAt: Date; saleClosesAt?: Date }) {
      const { core } = current();
      const userId = await chargedUser(core, BALANCE);
      const { performanceId, seatIds } = await makeSale(core, 1);
      const reservationId = await held(core, userId, seatIds);
      const move = (details: { startsAt: Date; saleClosesAt?: Date }) =>
        core.withTransaction((tx) =>
          core.catalog.updatePerformance(tx, performanceId, { venue: "Hall", ...details }),
        );
      await move(times);
      return { hold: { userId, reservationId }, performanceId, move };
    },
  };
}

function firstPaymentCases(current: Current): void {
  const { at, balance, heldSeat } = actsOf(current);

  it("are accepted after the end of the sale, until the performance begins", async () => {
    const { core } = current();
    const { hold } = await heldSeat({ startsAt: at(MINUTE_MS), saleClosesAt: at(-1) });
    const { value } = await payReservation(core, hold);
    expect(value).to.include({ status: "CAPTURED", price: SEAT_PRICE });
    await expectInvariants(core);
  });

  it("are refused once the performance has begun, and the hold can be cancelled", async () => {
    const { core } = current();
    const { hold, performanceId } = await heldSeat({ startsAt: at(-1) });
    for (const idempotency of [undefined, { key: "late" }]) {
      const failure = await failureOf(payReservation(core, { ...hold, idempotency }));
      expect(codeOf(failure)).to.equal("PERFORMANCE_STARTED");
      expect(failure).to.deep.include({ details: { performanceId } });
    }
    expect(await balance(hold.userId)).to.equal(BALANCE);
    const found = await core.reservations.find(null, hold.reservationId);
    expect(found).to.include({ status: "PENDING", version: 1 });
    await cancelReservation(core, hold);
    await expectInvariants(core);
  });

  it("are accepted again when the performance is put off", async () => {
    const { core } = current();
    const { hold, move } = await heldSeat({ startsAt: at(-1) });
    expect(codeOf(await failureOf(payReservation(core, hold)))).to.equal("PERFORMANCE_STARTED");
    await move({ startsAt: at(MINUTE_MS) });
    expect((await payReservation(core, hold)).replayed).to.equal(false);
  });
}

function repeatedPaymentCases(current: Current): void {
  const { at, balance, heldSeat } = actsOf(current);

  it("that were made before get the same answer after the performance has begun", async () => {
    const { core } = current();
    const { hold, move } = await heldSeat({ startsAt: at(MINUTE_MS) });
    const { value: paid } = await payReservation(core, hold);
    await move({ startsAt: at(-1) });
    const again = await payReservation(core, hold);
    expect(again.replayed).to.equal(true);
    expect(again.value.paymentId).to.equal(paid.paymentId);
    expect(await balance(hold.userId)).to.equal(BALANCE - SEAT_PRICE);
  });

  it("find a payment that was committed after their read, just before the start", async () => {
    const { core } = current();
    const { hold, move } = await heldSeat({ startsAt: at(MINUTE_MS) });
    const before = await core.reservations.find(null, hold.reservationId);
    await payReservation(core, hold);
    await move({ startsAt: at(-1) });
    const late = before && { ...before, performanceStartsAt: at(-1) };
    const find: typeof core.reservations.find = async (tx, id) =>
      tx ? late : core.reservations.find(tx, id);
    const racing = { ...core, reservations: { ...core.reservations, find } };
    expect((await payReservation(racing, hold)).replayed).to.equal(true);
    expect(await balance(hold.userId)).to.equal(BALANCE - SEAT_PRICE);
  });
}
