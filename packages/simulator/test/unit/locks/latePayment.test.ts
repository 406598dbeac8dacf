import { idleClock } from "@onsale/conformance/memory/idleClock";
import { holdSeats, SeatAlreadySoldError } from "@onsale/core";
import { createMemoryServers, openMemoryCore } from "@onsale/core/memory";
import type { DatabaseChange } from "@onsale/core/sql";
import { expect } from "chai";
import { setTheStage } from "../../../src/bench/benchStage.ts";
import { DatabaseWork, databaseChangeOf } from "../../../src/locks/holdStatements.ts";
import { seatLockingOf } from "../../../src/locks/measureVirtual.ts";
import { LOCK_STRATEGIES, type LockStrategy } from "../../../src/locks/strategies.ts";
import { planRun } from "../../../src/virtual/runPlan.ts";

const QUEUE_ID = "late-payment";

/** The change of the strategy. Calls `onWrite` before a hold with versions is written. */
function changeOf(strategy: LockStrategy, onWrite: () => void): DatabaseChange {
  const { statements, change } = databaseChangeOf(strategy, new DatabaseWork());
  return {
    statements,
    change: (db) =>
      change({
        ...db,
        change(tx, statement, values) {
          if (statement.name === "study.holdVersion") onWrite();
          return db.change(tx, statement, values);
        },
      }),
  };
}

describe("the lock strategy optimistic", () => {
  it("refuses a seat whose payment commits late, between the read and the write", async () => {
    const strategy = LOCK_STRATEGIES.find(({ name }) => name === "optimistic");
    if (!strategy) throw new Error("there is no strategy optimistic");
    const plan = planRun(1, { seatLocking: seatLockingOf(strategy, () => undefined) });
    const config = { ...plan.config, logLevel: "silent" } as const;
    const clock = idleClock();
    const servers = createMemoryServers({ clock });
    const payer = openMemoryCore(config, servers, { clock }).core;
    const { seatIds } = await (await setTheStage(payer, QUEUE_ID)).addSeats(1);
    const hold = { seatIds, queueId: QUEUE_ID };
    const { value } = await holdSeats(payer, { userId: 1, ...hold });
    const { reservationId } = value;

    const isPaid = Promise.withResolvers<void>();
    const isRead = Promise.withResolvers<void>();
    const payment = payer.withTransaction(async (tx) => {
      expect(await payer.reservations.confirm(tx, reservationId, 1)).to.equal(true);
      expect(await payer.seats.confirm(tx, reservationId, seatIds.length)).to.equal(1);
      isPaid.resolve();
      await isRead.promise;
    });
    await isPaid.promise;
    clock.pass(config.core.hold.ttlMs + 1);
    const databaseChange = changeOf(strategy, isRead.resolve);
    const buyer = openMemoryCore(config, servers, { clock, databaseChange }).core;
    const refusal = await holdSeats(buyer, { userId: 2, ...hold }).catch((error: unknown) => error);

    await payment;
    expect(refusal).to.be.instanceOf(SeatAlreadySoldError);
  });
});
