import { expect } from "chai";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { codeOf, failureOf, makeSeat, newUserId, QUEUE_ID } from "../support/fixtures.ts";
import { until } from "../support/raceTools.ts";
import { useTestCore } from "../support/testCore.ts";

describe("a seat lock that expires while MySQL is slow", () => {
  const current = useTestCore({ SEAT_LOCK: "redlock", SEAT_LOCK_TTL_MS: "100" });

  it("lets one of two holds get the seat", async () => {
    const { core, sql } = current();
    const other = await current().another();
    const seatId = await makeSeat(core);
    const stall = Promise.withResolvers<void>();
    const stalled = Promise.withResolvers<void>();
    // This hold keeps the row locked, and is rolled back at the end.
    const stalling = core.withTransaction(async (tx) => {
      await core.seats.hold(tx, [seatId], 1, 60_000);
      stalled.resolve();
      await stall.promise;
      throw new Error("given up");
    });
    await stalled.promise;
    const hold = (one: CoreContext) =>
      holdSeats(one, { userId: newUserId(), seatIds: [seatId], queueId: QUEUE_ID });
    const waiting = async (): Promise<number> => {
      const [row] = await sql(
        `SELECT COUNT(*) AS waiting FROM information_schema.processlist
         WHERE db = DATABASE() AND id <> CONNECTION_ID() AND info LIKE '%UPDATE seats%'`,
      );
      return Number(row?.waiting);
    };
    const first = hold(core).then(() => "ok", codeOf);
    await until(async () => (await waiting()) === 1);
    let second = Promise.resolve("");
    for (let pastTheLock = false; !pastTheLock; ) {
      let refused = false;
      second = hold(other.core).then(
        () => "ok",
        (error) => {
          refused = true;
          return codeOf(error);
        },
      );
      await until(async () => refused || (await waiting()) === 2);
      pastTheLock = !refused;
    }
    stall.resolve();
    await failureOf(stalling);
    expect([await first, await second].sort()).to.deep.equal(["SEAT_ALREADY_HELD", "ok"]);
  }).timeout(15_000);
});
