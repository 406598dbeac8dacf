import { expect } from "chai";
import { salesFindings } from "../../../src/diagnosis/salesFindings.ts";
import { outboxRelay } from "../../../src/outbox/outboxRelay.ts";
import { topicOf } from "../../../src/outbox/topics.ts";
import type { PublishedMessage, Publisher } from "../../../src/ports/publisher.ts";
import { checkSales } from "../../../src/sales/checkSales.ts";
import { projectSales } from "../../../src/sales/projectSales.ts";
import { SALES_PROJECTION } from "../../../src/sales/salesProjection.ts";
import { chargedUser, firstOf, held, makeSale } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

const MINUTE_MS = 60_000;
/** A published message counts as lost only after this time. */
const LOST_AFTER_MS = 10 * MINUTE_MS;
const LAG_CALL = "kafka broker.lag";

const unchanged = (message: PublishedMessage): PublishedMessage[] => [message];
const unreadable = (message: PublishedMessage): PublishedMessage[] => [{ ...message, value: "{}" }];
const nothing = (): PublishedMessage[] => [];

describe("the check of the sales projection with messages that are never applied", () => {
  const current = useMemoryCore({}, { isDamaged: true });

  /** Publishes the outbox; each event of a reservation reaches the topic as `change` returns it. */
  async function publish(change: (message: PublishedMessage) => PublishedMessage[]): Promise<void> {
    const { core } = current();
    const topic = topicOf(core.config, "reservation");
    const publisher: Publisher = {
      publish: (all) =>
        core.publisher.publish(all.flatMap((one) => (one.topic === topic ? change(one) : [one]))),
    };
    await outboxRelay({ ...core, publisher }).runOnce();
    expect((await core.outbox.backlog(null)).pending).to.equal(0);
  }

  /** Runs the consumer until it has read every message. */
  async function read(): Promise<void> {
    const { core } = current();
    const running = await projectSales(core);
    const topics = [topicOf(core.config, "reservation")];
    const isBehind = async () =>
      (await core.consumerLag.read(SALES_PROJECTION, topics, 0)).partitions.some(
        ({ lag }) => lag > 0,
      );
    while (await isBehind()) await core.clock.sleep(10);
    await running.stop();
  }

  /** Holds one seat. @returns the reservation's id */
  async function hold(): Promise<number> {
    const { core } = current();
    const { seatIds } = await makeSale(core, 1);
    return held(core, await chargedUser(core), seatIds);
  }

  const BEHIND = { compared: 1, behind: 1, wrongCount: 0, wrong: [] };

  for (const [what, change] of Object.entries({
    "a message that became a dead letter": unreadable,
    "a message that the broker lost": nothing,
  })) {
    it(`finds ${what} ten minutes after its publication`, async () => {
      const { core, clock } = current();
      const reservationId = await hold();
      await publish(change);
      await read();
      clock.pass(LOST_AFTER_MS - MINUTE_MS);
      expect(await checkSales(core), "before the ten minutes").to.deep.include(BEHIND);
      clock.pass(MINUTE_MS);
      const report = await checkSales(core);
      expect(report).to.include({ compared: 1, behind: 0, wrongCount: 1 });
      expect(firstOf(report.wrong)).to.include({ reservationId, counted: undefined });
      expect(firstOf(await salesFindings(core))).to.include({ code: "SALES_DRIFTED" });
    });
  }

  it("counts a message as on its way while the consumer has not read it", async () => {
    const { core, clock } = current();
    await hold();
    await publish(unchanged);
    clock.pass(2 * LOST_AFTER_MS);
    expect(await checkSales(core)).to.deep.include(BEHIND);
    await read();
    expect(await checkSales(core)).to.deep.include({ ...BEHIND, behind: 0 });
  });

  it("counts a message as on its way while the consumer reads older messages", async () => {
    const { core, clock } = current();
    await hold();
    await publish(nothing);
    clock.pass(LOST_AFTER_MS);
    await hold();
    await publish(unchanged);
    clock.pass(LOST_AFTER_MS / 2);
    expect(await checkSales(core)).to.include({ behind: 2, wrongCount: 0 });
    await read();
    expect(await checkSales(core)).to.include({ behind: 0, wrongCount: 1 });
  });

  it("counts a message as on its way while the broker does not answer", async () => {
    const { core, clock, loseCalls, restoreCalls } = current();
    await hold();
    await publish(nothing);
    clock.pass(LOST_AFTER_MS);
    loseCalls(/^kafka broker\.lag$/);
    expect(await checkSales(core)).to.deep.include(BEHIND);
    restoreCalls();
    expect(await checkSales(core)).to.include({ behind: 0, wrongCount: 1 });
  });

  it("counts a replayed message as on its way until it is applied", async () => {
    const { core, clock } = current();
    const reservationId = await hold();
    await publish(nothing);
    clock.pass(LOST_AFTER_MS);
    const found = await core.outboxAdmin.listVersion(null, {
      ...{ aggregateType: "reservation", aggregateId: reservationId, aggregateVersion: 1 },
    });
    const by = { jobId: "job", withinMs: 2 * LOST_AFTER_MS };
    await core.withTransaction((tx) => core.outboxAdmin.replay(tx, [firstOf(found).id], by));
    expect(await checkSales(core), "replayed").to.deep.include(BEHIND);
    await publish(unchanged);
    expect(await checkSales(core), "published again").to.deep.include(BEHIND);
    await read();
    expect(await checkSales(core)).to.deep.include({ ...BEHIND, behind: 0 });
  });

  it("asks the broker once for many messages, and not while all are recent", async () => {
    const { core, clock, callsOf } = current();
    await hold();
    await hold();
    await publish(nothing);
    const lagCalls = async () =>
      (await callsOf(() => checkSales(core))).filter((call) => call === LAG_CALL).length;
    expect(await lagCalls()).to.equal(0);
    clock.pass(LOST_AFTER_MS);
    expect(await lagCalls()).to.equal(1);
  });
});

describe("the check of many sums", () => {
  const current = useMemoryCore({}, { isDamaged: true });

  it("counts every performance with a wrong sum, and names twenty", async () => {
    const { core } = current();
    const performances = 130;
    for (let made = 0; made < performances; made += 1) {
      const { performanceId } = await makeSale(core, 1);
      await core.withTransaction((tx) =>
        core.sales.add(tx, { performanceId, held: 1, sold: 0, revenue: 0 }),
      );
    }
    const report = await checkSales(core);
    expect(report.wrongSumCount).to.equal(performances);
    expect(report.sums).to.have.length(20);
    const [found] = await salesFindings(core);
    expect(found?.message).to.include(`the figures of ${performances} performances`);
  });
});
