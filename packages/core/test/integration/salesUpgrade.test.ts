import { expect } from "chai";
import { migrateDatabase } from "../../src/compose/openCore.ts";
import { topicOf } from "../../src/outbox/topics.ts";
import { payReservation } from "../../src/payment/payReservation.ts";
import type { Publisher } from "../../src/ports/publisher.ts";
import { checkSales } from "../../src/sales/checkSales.ts";
import { SALES_PROJECTION } from "../../src/sales/salesProjection.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { startWorker, type Worker } from "../../src/worker/startWorker.ts";
import { chargedUser, held, makeSale, paid, SEAT_PRICE } from "../support/fixtures.ts";
import { planOf, runPlanned } from "../support/operationCases.ts";
import { passDatabaseTime } from "../support/passDatabaseTime.ts";
import { openTestCore, type TestCore } from "../support/testCore.ts";
import { configOf } from "../support/testStack.ts";

/** A published message that is not applied counts as lost after this time. */
const LOST_AFTER_MS = 10 * 60_000;

/** Asks until the answer is yes. The time limit of the test ends the wait. */
async function until(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await systemClock.sleep(20);
}

describe("the sales projection with reservations whose messages do not come", () => {
  let test: TestCore;
  let worker: Worker | undefined;

  beforeEach(async () => {
    const settings = { OUTBOX_POLL_MS: "50", HOLD_TTL_MS: String(4 * LOST_AFTER_MS) };
    test = await openTestCore({ ...settings, SEATS_PER_BUYER_MAX: "100" }, "all");
  });
  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
    await test.close();
  });

  const report = () => checkSales(test.core);
  const rebuild = async () => runPlanned(test, await planOf(test, "sales.rebuild", {}));
  const figuresOf = async (performanceId: number) => {
    const [found] = await test.core.sales.list(null, performanceId - 1, 1);
    return { held: found?.held, sold: found?.sold, revenue: found?.revenue };
  };

  it("counts old reservations after the migration and a rebuild, at their own price", async () => {
    const { core } = test;
    const { performanceId, seatIds } = await makeSale(core, 6);
    const [a = 0, b = 0, c = 0, d = 0] = seatIds;
    const userId = await chargedUser(core);
    await paid(core, userId, [a, b]);
    const reservationId = await held(core, userId, [c]);
    await held(core, userId, [d]);
    // The schema before the projection; the topic no longer has the messages of that time.
    await test.sql("DROP TABLE sales_reservations");
    await test.sql("DROP TABLE sales_performances");
    await test.sql("DELETE FROM migrations WHERE name = '0019-sales'");
    await test.sql("DELETE FROM outbox_messages");
    await test.sql("UPDATE seats SET price = 3 * price");
    expect(await migrateDatabase(configOf(test.stack))).to.deep.equal(["0019-sales"]);
    expect(await report()).to.include({ compared: 3, behind: 0, wrongCount: 3, wrongSumCount: 0 });

    worker = startWorker(core);
    await payReservation(core, { userId, reservationId });
    await until(async () => (await report()).behind === 0);
    expect(await report()).to.include({ wrongCount: 2, wrongSumCount: 0 });
    expect(await figuresOf(performanceId)).to.deep.equal({ held: 0, sold: 1, revenue: SEAT_PRICE });

    expect(await rebuild()).to.include({ status: "DONE" });
    const right = { held: 1, sold: 3, revenue: 3 * SEAT_PRICE };
    expect(await figuresOf(performanceId)).to.deep.equal(right);
    expect(await report()).to.include({ behind: 0, wrongCount: 0, wrongSumCount: 0 });

    // A replay after the rebuild, also when the inbox has forgotten the message.
    await test.sql("DELETE FROM inbox_messages");
    const isReservation = { aggregateType: "reservation", aggregateId: reservationId } as const;
    const version = { ...isReservation, aggregateVersion: 2 };
    const [message] = await core.outboxAdmin.listVersion(null, version);
    const by = { jobId: "replay", withinMs: LOST_AFTER_MS };
    await core.withTransaction((tx) => core.outboxAdmin.replay(tx, [message?.id ?? 0], by));
    await until(
      async () =>
        (await core.outbox.backlog(null)).pending === 0 &&
        (await core.sales.comingMessages(null, SALES_PROJECTION, [reservationId])).length === 0,
    );
    expect(await figuresOf(performanceId)).to.deep.equal(right);
    expect(await report()).to.include({ behind: 0, wrongCount: 0, wrongSumCount: 0 });
  }).timeout(60_000);

  it("finds a dead letter and a lost message once Kafka has nothing older to read", async () => {
    const { core } = test;
    const topic = topicOf(core.config, "reservation");
    let seen = 0;
    const publisher: Publisher = {
      publish: (messages) =>
        core.publisher.publish(
          messages.flatMap((one) => {
            if (one.topic !== topic) return [one];
            seen += 1;
            if (seen === 1) return [];
            return seen === 2 ? [{ ...one, value: "{}" }] : [one];
          }),
        ),
    };
    worker = startWorker({ ...core, publisher });
    const { seatIds } = await makeSale(core, 3);
    const userId = await chargedUser(core);
    for (const seatId of seatIds) {
      await held(core, userId, [seatId]);
      await until(async () => (await core.outbox.backlog(null)).pending === 0);
    }
    await until(async () => (await report()).behind === 2);
    expect(await report()).to.include({ compared: 3, wrongCount: 0 });
    await worker.stop();
    await passDatabaseTime(test.stack, LOST_AFTER_MS);
    expect(await report()).to.include({ compared: 3, behind: 0, wrongCount: 2 });
    expect(await rebuild()).to.include({ status: "DONE" });
    expect(await report()).to.include({ behind: 0, wrongCount: 0, wrongSumCount: 0 });
  }).timeout(60_000);
});
