import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { findReservation } from "../../src/reservation/findReservation.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { releaseExpiredHolds } from "../../src/reservation/releaseExpiredHolds.ts";
import { expectInvariants } from "../support/expectInvariants.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  firstOf,
  held,
  makeSale,
  makeSeat,
  newUserId,
  QUEUE_ID,
  SEAT_PRICE,
} from "../support/fixtures.ts";
import { type CoreInstance, useTestCore } from "../support/testCore.ts";

const ROUNDS = 30;
/** Times from the start of a race to the end of the hold, ms; negative when it has ended before. */
const RACES_MS = [-2, 0, 3, 6, 9, 1_000];
const raceMs = (round: number): number => RACES_MS[round % RACES_MS.length] ?? 0;

describe("the end of a hold", () => {
  const current = useTestCore({ SEAT_LOCK: "conditional" });
  let other: CoreInstance;
  before("opens a second instance", async () => {
    other = await current().another();
  });

  const takeOver = (core: CoreContext, seatIds: readonly number[]) =>
    holdSeats(core, { userId: newUserId(), seatIds, queueId: QUEUE_ID });
  const seatOf = async (seatId: number) => firstOf(await current().core.seats.find(null, [seatId]));

  /** Runs the reaper until the reservation is not PENDING. */
  async function reapUntilDecided(userId: number, reservationId: number): Promise<string> {
    for (;;) {
      await releaseExpiredHolds(other.core);
      const { status } = await findReservation(other.core, { userId, reservationId });
      if (status !== "PENDING") return status;
    }
  }

  it("does not change a hold that was paid before", async () => {
    const { core } = current();
    const userId = await chargedUser(core);
    const seatId = await makeSeat(core);
    const reservationId = await held(core, userId, [seatId]);
    await payReservation(core, { userId, reservationId });
    await releaseExpiredHolds(other.core);
    expect((await seatOf(seatId)).status).to.equal("SOLD");
  });

  it("lets the buyer hold the same seats again at the limit, and pay them", async () => {
    const { core, endHold } = current();
    const userId = await chargedUser(core);
    const { seatIds } = await makeSale(core, 8);
    await held(core, userId, seatIds.slice(0, 3));
    await held(core, userId, seatIds.slice(3, 6));
    await endHold(await held(core, userId, seatIds.slice(6)), -1);
    const reservationId = await held(core, userId, seatIds.slice(6));
    await payReservation(core, { userId, reservationId });
    await expectInvariants(core);
  });

  it("refuses a later payment, even before the reaper has run", async () => {
    const { core } = current();
    const userId = await chargedUser(core);
    const seatId = await makeSeat(core);
    const reservationId = await held(core, userId, [seatId]);
    await current().endHold(reservationId, -1);
    const pay = () => failureOf(payReservation(core, { userId, reservationId }));
    expect(codeOf(await pay())).to.equal("HOLD_EXPIRED");
    expect(await releaseExpiredHolds(other.core)).to.equal(1);
    expect(codeOf(await pay())).to.equal("HOLD_EXPIRED");
    expect((await seatOf(seatId)).status).to.equal("AVAILABLE");
    await expectInvariants(core, { holdBoundMs: 0 });
  });

  it("is either an expiry or a payment, when both happen at the same time", async () => {
    const { core } = current();
    const _outcomes = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const userId = await chargedUser(core, SEAT_PRICE);
      const seatId = await makeSeat(core);
      const reservationId = await held(core, userId, [seatId]);
      await current().endHold(reservationId, raceMs(round));
      const [payment, status] = await Promise.all([
        payReservation(core, { userId, reservationId }).then(() => "CONFIRMED", codeOf),
        reapUntilDecided(userId, reservationId),
      ]);
      expect(payment).to.equal(status === "CONFIRMED" ? "CONFIRMED" : "HOLD_EXPIRED");
      expect((await seatOf(seatId)).status).to.equal(status === "CONFIRMED" ? "SOLD" : "AVAILABLE");
    }
  });

  it("gives the seats to the next buyer before the reaper has run", async () => {
    const { core } = current();
    const { seatIds } = await makeSale(core, 3);
    const late = await held(core, newUserId(), seatIds);
    await current().endHold(late, -1);
    const next = await takeOver(other.core, seatIds.slice(0, 2));
    const rows = await core.seats.find(null, seatIds);
    expect(rows.map((row) => row.status)).to.deep.equal(["HELD", "HELD", "AVAILABLE"]);
    expect(firstOf(rows).reservationId).to.equal(next.value.reservationId);
    const reservation = await core.reservations.find(null, late);
    expect(reservation).to.include({ status: "EXPIRED", version: 2 });
  });

  it("has one outcome for each seat when a payment, the reaper and a hold compete", async () => {
    const { core } = current();
    const outcomes = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const userId = await chargedUser(core, 2 * SEAT_PRICE);
      const { seatIds } = await makeSale(core, 2);
      const reservationId = await held(core, userId, seatIds);
      await current().endHold(reservationId, raceMs(round));
      const [payment, ...takers] = await Promise.all([
        payReservation(core, { userId, reservationId }).then(() => "paid", codeOf),
        takeOver(core, seatIds).then(() => "held", codeOf),
        takeOver(other.core, [...seatIds].reverse()).then(() => "held", codeOf),
        releaseExpiredHolds(other.core),
        releaseExpiredHolds(core),
      ]);
      const holders = takers.filter((outcome) => outcome === "held");
      expect(holders.length).to.be.at.most(payment === "paid" ? 0 : 1);
      expect(["paid", "HOLD_EXPIRED"]).to.include(payment);
      outcomes.add(payment).add(holders.length > 0 ? "taken over" : "not taken over");
    }
    expect([...outcomes])
      .to.include("HOLD_EXPIRED")
      .and.include("taken over");
  });

  it("counts each hold once when several reapers run at the same time", async () => {
    const { core } = current();
    const { seatIds } = await makeSale(core, 60);
    for (const seatId of seatIds) {
      await current().endHold(await held(core, newUserId(), [seatId]), -1);
    }
    const reaped = await Promise.all(
      [core, other.core, core, other.core].map((one) => releaseExpiredHolds(one, { max: 20 })),
    );
    const total = reaped.reduce((sum, count) => sum + count, 0);
    let rest = 0;
    for (let count = -1; count !== 0; rest += count) count = await releaseExpiredHolds(core);
    expect(total + rest).to.equal(60);
    const rows = await core.seats.find(null, seatIds);
    expect(rows.every((row) => row.status === "AVAILABLE")).to.equal(true);
  });
});
