import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import { refundPayment } from "../../src/payment/refundPayment.ts";
import { balanceOf, pointHistory } from "../../src/point/balanceOf.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { expectInvariants } from "./expectInvariants.ts";
import { chargedUser, held, makeSale, newUserId, SEAT_PRICE } from "./fixtures.ts";

/** Seats at the price 0, alone and beside others, on any servers. */
export function freeSeatCases(current: () => { readonly core: CoreContext }): void {
  const hall = async (prices: readonly number[]) =>
    (await makeSale(current().core, prices.length, { prices })).seatIds;
  const statusesOf = async (seatIds: readonly number[]) =>
    (await current().core.seats.find(null, seatIds)).map(({ status }) => status);

  it("are held, paid with 0 points and refunded, without a ledger entry", async () => {
    const { core } = current();
    const userId = newUserId();
    const seatIds = await hall([0, 0]);
    const reservationId = await held(core, userId, seatIds);
    const { value: paid } = await payReservation(core, { userId, reservationId });
    expect(paid).to.include({ status: "CAPTURED", price: 0, currentPoints: 0 });
    expect(await statusesOf(seatIds)).to.deep.equal(["SOLD", "SOLD"]);
    await expectInvariants(core);
    const { paymentId } = paid;
    const { value: refunded } = await refundPayment(core, { userId, paymentId });
    expect(refunded).to.include({ status: "REFUNDED", refunded: 0, currentPoints: 0 });
    expect(await statusesOf(seatIds)).to.deep.equal(["AVAILABLE", "AVAILABLE"]);
    expect(await pointHistory(core, { userId, limit: 5 })).to.deep.equal([]);
    expect(await core.ledger.findAccount(null, userId)).to.equal(undefined);
    await expectInvariants(core);
  });

  it("keep the balance of a buyer who has points", async () => {
    const { core } = current();
    const userId = await chargedUser(core, 7);
    const reservationId = await held(core, userId, await hall([0]));
    const { value } = await payReservation(core, { userId, reservationId });
    expect(value.currentPoints).to.equal(7);
    const { paymentId } = value;
    expect((await refundPayment(core, { userId, paymentId })).value.currentPoints).to.equal(7);
  });

  it("cost a party of free and other seats only the price of the others", async () => {
    const { core } = current();
    const userId = await chargedUser(core, 100);
    const reservationId = await held(core, userId, await hall([0, 30, 0]));
    const { value } = await payReservation(core, { userId, reservationId });
    expect(value).to.include({ price: 30, currentPoints: 70 });
    await expectInvariants(core);
    await refundPayment(core, { userId, paymentId: value.paymentId });
    expect(await balanceOf(core, { userId })).to.equal(100);
  });

  it("are paid beside other buyers' seats at the same moment", async () => {
    const { core } = current();
    const free = await hall(Array.from({ length: 12 }, () => 0));
    const priced = (await makeSale(core, 12)).seatIds;
    const paid = await Promise.all(
      [...free, ...priced].map(async (seatId) => {
        const userId = await chargedUser(core, 2 * SEAT_PRICE);
        const reservationId = await held(core, userId, [seatId]);
        return (await payReservation(core, { userId, reservationId })).value;
      }),
    );
    expect(paid.map(({ currentPoints }) => currentPoints)).to.deep.equal([
      ...free.map(() => 2 * SEAT_PRICE),
      ...priced.map(() => SEAT_PRICE),
    ]);
    await expectInvariants(core);
  });
}
