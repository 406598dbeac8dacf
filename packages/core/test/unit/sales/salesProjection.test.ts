import { expect } from "chai";
import fc from "fast-check";
import { salesFindings } from "../../../src/diagnosis/salesFindings.ts";
import type { ConsumerSubscription, ReceivedMessage } from "../../../src/ports/consumer.ts";
import { checkSales, hasDrifted } from "../../../src/sales/checkSales.ts";
import { restoreReservations, restoreTotals } from "../../../src/sales/rebuildSales.ts";
import { SALES_PROJECTION } from "../../../src/sales/salesProjection.ts";
import { reconcileSales } from "../../../src/worker/reconcileSales.ts";
import { firstOf, type Sale } from "../../support/fixtures.ts";
import { openMemoryTestCore, useMemoryCore } from "../../support/memoryCore.ts";
import { planOf, runPlanned } from "../../support/operationCases.ts";
import {
  applyGroup,
  figuresOf,
  handlerOf,
  pointEvent,
  RIGHT,
  reservationEvents,
  smallSale,
  subscriptionOf,
} from "../../support/smallSale.ts";

describe("the sales projection", () => {
  const current = useMemoryCore();

  it("counts held and sold seats and the revenue of a performance", async () => {
    const { core, metrics } = current();
    const sale = await smallSale(core);
    const handle = await handlerOf(core);
    for (const message of await reservationEvents(current())) await handle(message);
    expect(await figuresOf(core, sale)).to.include({ ...RIGHT, title: "Rush" });
    const report = await checkSales(core);
    expect(report).to.deep.equal({
      ...{ compared: 4, behind: 0, wrongCount: 0, wrong: [], wrongSumCount: 0, sums: [] },
    });
    expect(metrics.counted("inbox_messages_total", { consumer: "sales-projection" })).to.equal(8);
  });

  it("has the same figures in any order, with repetitions and with new message ids", async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
        const opened = openMemoryTestCore();
        const { core } = opened;
        const sale = await smallSale(core);
        const subscription = await subscriptionOf(core);
        const events = await reservationEvents(opened);
        const pick = () => events[(numbers.next().value ?? 0) % events.length] ?? firstOf(events);
        const rest = [...events];
        for (let extra = 0; extra < 8; extra += 1) {
          const { messageId, ...again } = pick();
          const id = (numbers.next().value ?? 0) % 2 === 0 ? messageId : core.ids.uuid();
          const value = again.value.replace(messageId, id);
          rest.push({ ...again, messageId: id, value });
        }
        const draw = () => rest.splice((numbers.next().value ?? 0) % rest.length, 1);
        while (rest.length > 0) {
          const size = 1 + ((numbers.next().value ?? 0) % 4);
          const group = Array.from({ length: Math.min(size, rest.length) }, draw).flat();
          await applyGroup(subscription, group);
        }
        expect(await figuresOf(core, sale)).to.include(RIGHT);
        expect(hasDrifted(await checkSales(core))).to.equal(false);
      }),
      { numRuns: 40 },
    );
  });

  it("counts all events of a sale in one transaction", async () => {
    const { core, metrics } = current();
    const sale = await smallSale(core);
    const subscription = await subscriptionOf(core);
    const events = await reservationEvents(current());
    expect(await applyGroup(subscription, events)).to.equal(true);
    expect(await figuresOf(core, sale)).to.include(RIGHT);
    expect(metrics.counted("inbox_messages_total", { outcome: "applied" })).to.equal(8);
    expect(await checkSales(core)).to.include({ behind: 0, wrongCount: 0 });
  });

  it("counts one by one when one of them was applied before or cannot be read", async () => {
    const { core, metrics, log } = current();
    const sale = await smallSale(core);
    const subscription = await subscriptionOf(core);
    const events = await reservationEvents(current());
    const [first, second] = events;
    if (!first || !second) expect.fail("too few events");
    await subscription.handle(second);
    expect(await applyGroup(subscription, events.slice(0, 3))).to.equal(false);
    expect(metrics.counted("inbox_messages_total", { outcome: "repeated" })).to.equal(1);
    expect(await applyGroup(subscription, [...events.slice(3), pointEvent(core)])).to.equal(false);
    expect(log.lines.map(({ fields }) => fields.event)).to.include("consumer.dead_letter_sent");
    expect(await figuresOf(core, sale)).to.include(RIGHT);
    expect(await checkSales(core)).to.include({ behind: 0, wrongCount: 0 });
  });

  it("writes nothing of a group that fails at its end", async () => {
    const { core } = current();
    const sale = await smallSale(core);
    const events = await reservationEvents(current());
    const failing = {
      ...core,
      sales: { ...core.sales, add: () => Promise.reject(new Error("the statement failed")) },
    };
    const { handleGroup } = await subscriptionOf(failing);
    expect(await handleGroup?.(events).catch(String)).to.include("the statement failed");
    expect(await figuresOf(core, sale)).to.equal(undefined);
    expect(await applyGroup(await subscriptionOf(core), events)).to.equal(true);
  });

  it("makes a dead letter of an event that it does not count", async () => {
    const { core, log } = current();
    const handle = await handlerOf(core);
    await handle(pointEvent(core));
    expect(log.lines.map(({ fields }) => fields.event)).to.include("consumer.dead_letter_sent");
  });
});

describe("the check of the sales projection", () => {
  const current = useMemoryCore({}, { isDamaged: true });
  let sale: Sale;
  let events: ReceivedMessage[] = [];
  let handle: ConsumerSubscription["handle"];

  beforeEach(async () => {
    const { core } = current();
    sale = await smallSale(core);
    events = await reservationEvents(current());
    handle = await handlerOf(core);
  });

  it("counts a reservation as behind while its message is on its way", async () => {
    const { core } = current();
    const report = await checkSales(core);
    expect(report).to.deep.include({ compared: 4, behind: 4, wrongCount: 0, sums: [] });
    for (const message of events.slice(0, -1)) await handle(message);
    expect(await checkSales(core)).to.deep.include({ behind: 1, wrongCount: 0 });
  });

  it("finds a reservation whose message was recorded and not counted", async () => {
    const { core } = current();
    const last = events.at(-1);
    for (const message of events.slice(0, -1)) await handle(message);
    await core.withTransaction((tx) =>
      core.inbox.record(tx, SALES_PROJECTION, last?.messageId ?? ""),
    );
    const report = await checkSales(core);
    expect(report).to.deep.include({ behind: 0, wrongCount: 1 });
    const [wrong] = report.wrong;
    expect(wrong).to.deep.include({ reservationId: idOf(last) });
    expect(wrong?.counted).to.include({ version: 2, sold: 1 });
    expect(wrong?.actual).to.include({ version: 3, sold: 0 });
  });

  it("finds a wrong number of seats, and a reservation that does not exist", async () => {
    const { core } = current();
    for (const message of events) await handle(message);
    const { upTo } = await core.sales.nextRange(null, 0, 1);
    const [first] = await core.sales.counted(null, { after: 0, upTo });
    if (!first) expect.fail("nothing is counted");
    const strange = { ...first, reservationId: 999_999 };
    await core.withTransaction(async (tx) => {
      await core.sales.remove(tx, [first.reservationId]);
      await core.sales.insert(tx, [{ ...first, sold: first.sold + 1 }, strange]);
    });
    const report = await checkSales(core);
    expect(report.wrong.map(({ reservationId }) => reservationId)).to.deep.equal([
      ...[first.reservationId, 999_999],
    ]);
    expect(report.sums.map(({ performanceId }) => performanceId)).to.deep.equal([
      sale.performanceId,
    ]);
  });

  it("looks only at the newest reservations when it is asked to", async () => {
    const { core } = current();
    expect(await checkSales(core, { newest: 1 })).to.include({ compared: 1, behind: 1 });
    expect(await checkSales(core, { newest: 1_000 })).to.include({ compared: 4, behind: 4 });
  });

  it("is a finding of the diagnosis, and none while messages are on their way", async () => {
    const { core } = current();
    expect(await salesFindings(core)).to.deep.equal([]);
    const { performanceId } = sale;
    await core.withTransaction(async (tx) => {
      await core.sales.lockTotals(tx, performanceId);
      await core.sales.setTotals(tx, { performanceId, held: 7, sold: 0, revenue: 0 });
    });
    const [found, ...others] = await salesFindings(core);
    expect(others).to.deep.equal([]);
    expect(found).to.include({ code: "SALES_DRIFTED", severity: "warning" });
    expect(found?.message).to.include(`first: performance ${performanceId}`);
  });

  it("is logged and measured by the hourly job", async () => {
    const { core, log } = current();
    const gauges = new Map<string, number>();
    const metrics = {
      ...core.metrics,
      gauge: (name: string, _labels: object, value: number) => void gauges.set(name, value),
    };
    await reconcileSales.run({ ...core, metrics }, () => true);
    expect(log.lines.map(({ fields }) => fields.event)).to.not.include("sales.drifted");
    await core.withTransaction((tx) =>
      core.sales.insert(tx, [
        { reservationId: 999_999, performanceId: sale.performanceId, version: 1, ...RIGHT },
      ]),
    );
    await reconcileSales.run({ ...core, metrics }, () => true);
    expect(log.lines.map(({ fields }) => fields.event)).to.include("sales.drifted");
    expect(gauges.get("sales_drift_reservations")).to.equal(1);
    expect(gauges.get("sales_drift_performances")).to.equal(1);
  });
});

const idOf = (message: ReceivedMessage | undefined): number =>
  Number(message?.key.split(":")[1] ?? Number.NaN);

describe("the rebuild of the sales projection", () => {
  const current = useMemoryCore();

  /** Plans and runs the rebuild. */
  async function rebuild() {
    const planned = await planOf(current(), "sales.rebuild", {});
    return { planned, report: await runPlanned(current(), planned) };
  }

  it("restores empty tables, and later messages add nothing twice", async () => {
    const { core } = current();
    const sale = await smallSale(core);
    const events = await reservationEvents(current());
    const { planned, report } = await rebuild();
    expect(planned.plan.notes[0]).to.include("4 reservations were compared; 4 wait");
    expect(report).to.include({ status: "DONE" });
    expect(report.verifications.map(({ holds }) => holds)).to.deep.equal([true]);
    expect(await figuresOf(core, sale)).to.include(RIGHT);
    const handle = await handlerOf(core);
    for (const message of events) await handle(message);
    expect(await figuresOf(core, sale)).to.include(RIGHT);
    expect(await checkSales(core)).to.deep.include({ behind: 0, wrongCount: 0, sums: [] });
  });

  it("corrects wrong rows, strange rows and wrong sums, and changes nothing else", async () => {
    const { core } = current();
    const sale = await smallSale(core);
    const handle = await handlerOf(core);
    for (const message of await reservationEvents(current())) await handle(message);
    const before = await core.sales.counted(null, { after: 0, upTo: 1_000_000 });
    const [first, second] = before;
    if (!first || !second) expect.fail("nothing is counted");
    const { performanceId } = sale;
    await core.withTransaction(async (tx) => {
      await core.sales.remove(tx, [first.reservationId, second.reservationId]);
      const strange = { ...first, reservationId: 999_999 };
      await core.sales.insert(tx, [{ ...first, version: 9, held: 5 }, strange]);
      await core.sales.add(tx, { performanceId, held: -50, sold: 3, revenue: 1 });
    });
    const { planned, report } = await rebuild();
    expect(planned.plan.count).to.equal(4);
    expect(report).to.include({ status: "DONE" });
    expect(await core.sales.counted(null, { after: 0, upTo: 1_000_000 })).to.deep.equal(before);
    expect(await figuresOf(core, sale)).to.include(RIGHT);
  });

  it("keeps what the consumer counts between two of its steps", async () => {
    const { core } = current();
    const sale = await smallSale(core);
    const events = await reservationEvents(current());
    const handle = await handlerOf(core);
    let after = 0;
    for (const message of events) {
      await handle(message);
      const { range } = await core.withTransaction((tx) => restoreReservations(core, tx, after, 1));
      after = range.upTo;
      const { performanceId } = sale;
      await core.withTransaction((tx) => restoreTotals(core, tx, performanceId - 1, 1));
      expect((await checkSales(core)).sums).to.deep.equal([]);
    }
    expect(await figuresOf(core, sale)).to.include(RIGHT);
  });
});
