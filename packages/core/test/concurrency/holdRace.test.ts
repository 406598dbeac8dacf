import { expect } from "chai";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { firstOf, makeSale, makeSeat, newUserId, QUEUE_ID, tallyOf } from "../support/fixtures.ts";
import { inParallel, patiently, seededRandom, shuffled } from "../support/raceTools.ts";
import { type CoreInstance, useTestCore } from "../support/testCore.ts";

/** Number of parallel buyers: many, but few enough that none waits too long for a connection. */
const IN_FLIGHT = 256;
const REFUSALS = new Set(["SEAT_ALREADY_HELD", "SEAT_CONTENDED"]);

function hold(core: CoreContext, seatIds: readonly number[]): Promise<unknown> {
  const buyer = { userId: newUserId(), seatIds, queueId: QUEUE_ID };
  return patiently(() => holdSeats(core, buyer));
}

for (const strategy of ["redlock", "conditional"]) {
  describe(`parallel holds, with the ${strategy} strategy`, () => {
    const current = useTestCore({ SEAT_LOCK: strategy });
    let instances: CoreInstance[] = [];

    before("opens a second instance", async () => {
      instances = [current(), await current().another()];
    });

    const coreOf = (index: number): CoreContext => {
      const instance = instances[index % instances.length];
      if (!instance) throw new Error("the instances are open");
      return instance.core;
    };
    const deadlocks = (): number =>
      instances
        .map(({ metrics }) => metrics.counted("transaction_restarts_total"))
        .reduce((sum, count) => sum + count, 0);

    it("give a contested seat to exactly one of 1,000 buyers", async () => {
      const seatId = await makeSeat(coreOf(0));
      const results = await inParallel(1_000, IN_FLIGHT, (index) => hold(coreOf(index), [seatId]));
      const { ok, ...refused } = tallyOf(results);
      expect(ok).to.equal(1);
      expect(Object.keys(refused).filter((code) => !REFUSALS.has(code))).to.deep.equal([]);
      const rows = await current().sql(
        "SELECT reservation_id FROM reservation_seats WHERE seat_id = ?",
        [seatId],
      );
      expect(rows).to.have.length(1);
      expect(deadlocks()).to.equal(0);
    });

    it("of one buyer without a key end in one reservation, which a repetition gets", async () => {
      const { seatIds } = await makeSale(coreOf(0), 2);
      const buyer = { userId: newUserId(), seatIds, queueId: QUEUE_ID };
      const results = await inParallel(20, IN_FLIGHT, (index) => holdSeats(coreOf(index), buyer));
      const { ok = 0, ...refused } = tallyOf(results);
      expect(ok).to.be.above(0);
      // A request in another process can meet the first one before its COMMIT.
      expect(Object.keys(refused).filter((code) => code !== "SEAT_CONTENDED")).to.deep.equal([]);
      const first = await holdSeats(coreOf(0), buyer);
      expect(first.replayed).to.equal(true);
      expect(await holdSeats(coreOf(1), buyer)).to.deep.equal(first);
    });

    it("give each of 40 seats to exactly one of its 10 buyers", async () => {
      const { seatIds } = await makeSale(coreOf(0), 40);
      const results = await inParallel(400, IN_FLIGHT, (index) => {
        const seatId = seatIds[index % seatIds.length] ?? 0;
        return hold(coreOf(index), [seatId]);
      });
      const { ok, ...refused } = tallyOf(results);
      expect(ok).to.equal(40);
      expect(Object.keys(refused).filter((code) => !REFUSALS.has(code))).to.deep.equal([]);
    });

    it("hold four seats each, in random order, without a deadlock", async () => {
      const { seatIds } = await makeSale(coreOf(0), 24);
      const random = seededRandom(3);
      const parties = Array.from({ length: 500 }, () => shuffled(seatIds, random).slice(0, 4));
      const results = await inParallel(parties.length, IN_FLIGHT, (index) =>
        hold(coreOf(index), parties[index] ?? []),
      );
      const { ok = 0, ...refused } = tallyOf(results);
      expect(ok).to.be.within(1, 6);
      expect(Object.keys(refused).filter((code) => !REFUSALS.has(code))).to.deep.equal([]);
      expect(deadlocks()).to.equal(0);
      const [taken] = await current().sql(
        "SELECT COUNT(*) AS seats FROM seats WHERE status = 'HELD' AND id BETWEEN ? AND ?",
        [firstOf(seatIds), seatIds.at(-1) ?? 0],
      );
      expect(Number(taken?.seats)).to.equal(ok * 4);
    });
  });
}
