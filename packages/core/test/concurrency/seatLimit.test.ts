import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { leaveSale } from "../../src/reservation/leaveSale.ts";
import { chargeInside, makeSale, newUserId, QUEUE_ID, tallyOf } from "../support/fixtures.ts";
import { inParallel, patiently, seededRandom } from "../support/raceTools.ts";
import { type CoreInstance, useTestCore } from "../support/testCore.ts";

const MAX = 8;
const IN_FLIGHT = 64;

describe("parallel holds of one buyer in two processes", () => {
  const current = useTestCore({ SEAT_LOCK: "conditional" });
  let instances: CoreInstance[] = [];
  before("opens a second instance", async () => {
    instances = [current(), await current().another()];
  });
  const coreOf = (index: number): CoreContext => {
    const instance = instances[index % instances.length];
    if (!instance) throw new Error("the instances are open");
    return instance.core;
  };
  const hold = (index: number, userId: number, seatIds: readonly number[]) =>
    patiently(() => holdSeats(coreOf(index), { userId, seatIds, queueId: QUEUE_ID }));

  /** Reads from MySQL how many live seats of the performance each buyer has. */
  async function seatsByBuyer(performanceId: number): Promise<ReadonlyMap<number, number>> {
    const seats = await coreOf(0).seats.ofPerformance(null, performanceId);
    const counts = new Map<number, number>();
    for (const { reservationId } of seats) {
      if (reservationId === undefined) continue;
      const reservation = await coreOf(0).reservations.find(null, reservationId);
      const userId = reservation?.userId ?? 0;
      counts.set(userId, (counts.get(userId) ?? 0) + 1);
    }
    return counts;
  }

  it("get exactly as many seats as the limit, in any order of 48 requests", async () => {
    const { seatIds, performanceId } = await makeSale(coreOf(0), 48);
    const userId = newUserId();
    const results = await inParallel(48, IN_FLIGHT, (index) =>
      hold(index, userId, seatIds.slice(index, index + 1)),
    );
    expect(tallyOf(results)).to.deep.equal({ ok: MAX, SEAT_LIMIT_REACHED: 48 - MAX });
    expect(await seatsByBuyer(performanceId)).to.deep.equal(new Map([[userId, MAX]]));
  });

  it("make two reservations with 12 requests for four seats", async () => {
    const { seatIds, performanceId } = await makeSale(coreOf(0), 48);
    const userId = newUserId();
    const results = await inParallel(12, IN_FLIGHT, (index) =>
      hold(index, userId, seatIds.slice(4 * index, 4 * index + 4)),
    );
    expect(tallyOf(results)).to.deep.equal({ ok: 2, SEAT_LIMIT_REACHED: 10 });
    expect(await seatsByBuyer(performanceId)).to.deep.equal(new Map([[userId, MAX]]));
  });

  it("get exactly as many seats as the performance's own limit", async () => {
    const { seatIds, performanceId } = await makeSale(coreOf(0), 24);
    const found = await coreOf(0).catalog.findPerformance(null, performanceId);
    if (!found) throw new Error("it was made");
    await coreOf(0).withTransaction((tx) =>
      coreOf(0).catalog.updatePerformance(tx, performanceId, { ...found, seatsPerBuyerMax: 3 }),
    );
    const userId = newUserId();
    const results = await inParallel(24, IN_FLIGHT, (index) =>
      hold(index, userId, seatIds.slice(index, index + 1)),
    );
    expect(tallyOf(results)).to.deep.equal({ ok: 3, SEAT_LIMIT_REACHED: 21 });
    expect(await seatsByBuyer(performanceId)).to.deep.equal(new Map([[userId, 3]]));
  });

  it("stay within the limit while holds are cancelled, paid and repeated", async () => {
    const { seatIds, performanceId } = await makeSale(coreOf(0), 40);
    const buyers = [newUserId(), newUserId(), newUserId()];
    for (const userId of buyers) {
      await coreOf(0).withTransaction((tx) => chargeInside(coreOf(0), tx, userId, 1_000_000));
    }
    const random = seededRandom(11);
    const steps = Array.from({ length: 240 }, () => ({
      userId: buyers[Math.floor(random() * buyers.length)] ?? 0,
      seatIds: [...new Set([0, 1, 2].map(() => seatIds[Math.floor(random() * 40)] ?? 0))],
      end: ["keep", "cancel", "pay", "leave"][Math.floor(random() * 4)],
    }));
    const results = await inParallel(steps.length, IN_FLIGHT, async (index) => {
      const { userId, seatIds: wanted, end } = steps[index] ?? { userId: 0, seatIds: [] };
      const core = coreOf(index);
      const { value } = await hold(index, userId, wanted);
      const { reservationId } = value;
      if (end === "cancel") await cancelReservation(core, { userId, reservationId });
      if (end === "pay") await payReservation(core, { userId, reservationId });
      if (end === "leave") await leaveSale(core, { userId, queueId: QUEUE_ID });
    });
    const { ok = 0, ...refused } = tallyOf(results);
    expect(ok).to.be.above(buyers.length * 2);
    expect(refused).to.include.keys("SEAT_LIMIT_REACHED");
    const known = ["SEAT_LIMIT_REACHED", "SEAT_ALREADY_HELD", "SEAT_ALREADY_SOLD"];
    const raced = ["RESERVATION_STATE_CONFLICT", "SEAT_CONTENDED"];
    expect(Object.keys(refused)).to.satisfy((codes: string[]) =>
      codes.every((code) => [...known, ...raced].includes(code)),
    );
    for (const [userId, count] of await seatsByBuyer(performanceId)) {
      expect(count, `user ${userId}`).to.be.at.most(MAX);
    }
  });
});
