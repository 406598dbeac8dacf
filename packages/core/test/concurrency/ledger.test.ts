import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import { balanceOf } from "../../src/point/balanceOf.ts";
import { chargePoints } from "../../src/point/chargePoints.ts";
import { chargedUser, held, makeSale, newUserId, SEAT_PRICE, tally } from "../support/fixtures.ts";
import { patiently } from "../support/raceTools.ts";
import { type CoreInstance, useTestCore } from "../support/testCore.ts";

describe("a point account that two processes change", () => {
  // One buyer pays for a hundred seats of one performance.
  const current = useTestCore({ SEATS_PER_BUYER_MAX: "1000" });
  let other: CoreInstance;
  before("opens a second instance", async () => {
    other = await current().another();
  });
  const coreOf = (index: number) => (index % 2 === 0 ? current().core : other.core);

  async function heldSeats(userId: number, count: number): Promise<number[]> {
    const { seatIds } = await makeSale(current().core, count);
    const reservations: number[] = [];
    for (const seatId of seatIds) reservations.push(await held(current().core, userId, [seatId]));
    return reservations;
  }

  it("has the exact balance after 200 parallel charges and spends", async () => {
    const userId = await chargedUser(current().core, 100 * SEAT_PRICE);
    const reservations = await heldSeats(userId, 100);
    const counts = await tally(
      reservations.flatMap((reservationId, index) => [
        patiently(() => payReservation(coreOf(index), { userId, reservationId })),
        patiently(() => chargePoints(coreOf(index + 1), { userId, amount: 7 })),
      ]),
    );
    expect(counts).to.deep.equal({ ok: 200 });
    expect(await balanceOf(current().core, { userId })).to.equal(700);
    const entries = await current().sql(
      "SELECT account_version FROM point_entries WHERE user_id = ? ORDER BY account_version",
      [userId],
    );
    expect(entries.map((entry) => entry.account_version)).to.deep.equal(
      Array.from({ length: 201 }, (_unused, index) => index + 1),
    );
  });

  it("is opened once when its first charges arrive at the same time", async () => {
    const userId = newUserId();
    const charges = Array.from({ length: 40 }, (_unused, index) =>
      patiently(() => chargePoints(coreOf(index), { userId, amount: 3 })),
    );
    expect(await tally(charges)).to.deep.equal({ ok: 40 });
    expect(await balanceOf(current().core, { userId })).to.equal(120);
  });

  it("accepts as many payments as the balance allows, and never falls below zero", async () => {
    const userId = await chargedUser(current().core, 7 * SEAT_PRICE + SEAT_PRICE / 2);
    const reservations = await heldSeats(userId, 20);
    const counts = await tally(
      reservations.map((reservationId, index) =>
        patiently(() => payReservation(coreOf(index), { userId, reservationId })),
      ),
    );
    expect(counts).to.deep.equal({ ok: 7, INSUFFICIENT_POINTS: 13 });
    expect(await balanceOf(current().core, { userId })).to.equal(SEAT_PRICE / 2);
  });
});
