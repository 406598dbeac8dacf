import { expect } from "chai";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { codeOf, makeSeat, newUserId, QUEUE_ID } from "../support/fixtures.ts";
import { until } from "../support/raceTools.ts";
import { useTestCore } from "../support/testCore.ts";

describe("a seat lock that expires during a hold", () => {
  const current = useTestCore({ SEAT_LOCK: "redlock", SEAT_LOCK_TTL_MS: "100" });

  it("lets one of two holds get the seat", async () => {
    const { core } = current();
    const other = await current().another();
    const seatId = await makeSeat(core);
    const stall = Promise.withResolvers<void>();
    const stalled = Promise.withResolvers<void>();
    // A process that stalls between the row lock and the hold.
    const slow: CoreContext = {
      ...core,
      seats: {
        ...core.seats,
        async hold(tx, hold) {
          stalled.resolve();
          await stall.promise;
          return core.seats.hold(tx, hold);
        },
      },
    };
    const hold = (one: CoreContext) =>
      holdSeats(one, { userId: newUserId(), seatIds: [seatId], queueId: QUEUE_ID });
    const first = hold(slow).then(() => "ok", codeOf);
    await stalled.promise;
    let isPastTheLock = false;
    const watched: CoreContext = {
      ...other.core,
      seats: {
        ...other.core.seats,
        lock(tx, seatIds) {
          isPastTheLock = true;
          return other.core.seats.lock(tx, seatIds);
        },
      },
    };
    let second = "";
    await until(async () => {
      second = await hold(watched).then(() => "ok", codeOf);
      return isPastTheLock;
    });
    expect(second).to.equal("SEAT_CONTENDED");
    stall.resolve();
    expect(await first).to.equal("ok");
  }).timeout(15_000);
});
