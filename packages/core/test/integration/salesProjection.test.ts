import { expect } from "chai";
import { checkInvariants } from "../../src/invariants/checkInvariants.ts";
import { payReservation } from "../../src/payment/payReservation.ts";
import { refundPayment } from "../../src/payment/refundPayment.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { PublishedMessage, Publisher } from "../../src/ports/publisher.ts";
import type { ReservationSale } from "../../src/ports/salesStore.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { checkSales } from "../../src/sales/checkSales.ts";
import { readSale } from "../../src/sales/projectSales.ts";
import { figureChanges, SALES_PROJECTION } from "../../src/sales/salesProjection.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { startWorker } from "../../src/worker/startWorker.ts";
import { expectInvariants } from "../support/expectInvariants.ts";
import { chargedUser, makeSale, QUEUE_ID, type Sale } from "../support/fixtures.ts";
import { planOf, runPlanned } from "../support/operationCases.ts";
import { openTestCore, type TestCore } from "../support/testCore.ts";
import { listenTo } from "../support/topicListener.ts";

const SEATS = 40;
const BUYERS = 20;
/** Each buyer holds seats this many times, and then pays, cancels, refunds or lets it expire. */
const ROUNDS = 4;
const ALL = { after: 0, upTo: Number.MAX_SAFE_INTEGER };

/** A publisher that does not publish as the relay asked for. */
interface UnfairPublisher extends Publisher {
  /** Publishes what was kept back, oldest last. */
  publishRest(): Promise<void>;
}

/**
 * Publishes every third message twice, every fourth again under a new id, and keeps every fifth
 * back until the end of the rush, behind all later messages of its aggregate.
 */
function unfairPublisher({ publisher, ids }: CoreContext): UnfairPublisher {
  const kept: PublishedMessage[] = [];
  let count = 0;
  return {
    async publish(messages) {
      const now: PublishedMessage[] = [];
      for (const message of messages) {
        count += 1;
        if (count % 5 === 0) {
          kept.push(message);
          continue;
        }
        now.push(message);
        if (count % 3 === 0) now.push(message);
        if (count % 4 === 0) now.push(underNewId(message, ids.uuid()));
      }
      return now.length === 0 ? [] : publisher.publish(now);
    },
    async publishRest() {
      expect(await publisher.publish(kept.toReversed())).to.deep.equal([]);
    },
  };
}

function underNewId(message: PublishedMessage, messageId: string): PublishedMessage {
  return {
    ...{ ...message, messageId },
    value: message.value.replace(message.messageId, messageId),
    headers: { ...message.headers, "message-id": messageId },
  };
}

/** One buyer of the rush. On a slow machine a hold may expire before its next step. */
async function buy(core: CoreContext, { seatIds }: Sale, buyer: number): Promise<void> {
  const userId = await chargedUser(core);
  const orRefused = <T>(work: Promise<T>): Promise<T | undefined> => work.catch(() => undefined);
  for (let round = 0; round < ROUNDS; round += 1) {
    const at = (buyer * 7 + round * 13) % seatIds.length;
    const wanted = seatIds.slice(at, at + 1 + (buyer % 3));
    const hold = await orRefused(holdSeats(core, { userId, seatIds: wanted, queueId: QUEUE_ID }));
    if (!hold) continue;
    const { reservationId } = hold.value;
    const end = (buyer + round) % 4;
    if (end === 0) await orRefused(cancelReservation(core, { userId, reservationId }));
    // The hold expires.
    if (end <= 1) continue;
    const paid = await orRefused(payReservation(core, { userId, reservationId }));
    if (paid && end === 2) {
      await orRefused(refundPayment(core, { userId, paymentId: paid.value.paymentId }));
    }
  }
}

const rebuild = async (core: CoreContext) =>
  runPlanned({ core }, await planOf({ core }, "sales.rebuild", {}));

describe("the sales projection after a rush with repeated, late and lost messages", () => {
  let test: TestCore;
  let sale: Sale;

  before(async () => {
    const settings = { HOLD_TTL_MS: "2000", OUTBOX_POLL_MS: "50", HOLD_SWEEP_MS: "50" };
    test = await openTestCore({ ...settings, SEATS_PER_BUYER_MAX: "100" }, "all");
    sale = await makeSale(test.core, SEATS);
  });
  after(() => test.close());

  const figuresOf = async (core: CoreContext) => {
    const [found] = await core.sales.list(null, sale.performanceId - 1, 1);
    return { held: found?.held, sold: found?.sold, revenue: found?.revenue };
  };
  /** The figures by other tables than those of the projection and of its rebuild. */
  async function figuresOfSeats() {
    const [row] = await test.sql(
      `SELECT SUM(status = 'HELD') AS held, SUM(status = 'SOLD') AS sold,
              (SELECT SUM(amount) FROM payments WHERE status = 'CAPTURED') AS revenue
         FROM seats WHERE performance_id = ?`,
      [sale.performanceId],
    );
    return { held: Number(row?.held), sold: Number(row?.sold), revenue: Number(row?.revenue) };
  }

  async function openHolds(): Promise<number> {
    const [row] = await test.sql("SELECT COUNT(*) AS n FROM reservations WHERE status = 'PENDING'");
    return Number(row?.n);
  }

  it("equals the tables, a rebuild beside the rush or from nothing, and the log", async () => {
    const { core } = test;
    const publisher = unfairPublisher(core);
    const first = startWorker({ ...core, publisher });
    const other = await test.another({}, "all");
    const second = startWorker({ ...other.core, publisher });
    const looks: string[] = [];
    let isOver = false;
    const reader = (async () => {
      while (!isOver) {
        const wrong = await other.core.sales.different(null, ALL);
        if (wrong.length > 0) looks.push(`another sum: ${JSON.stringify(wrong)}`);
        await other.core.clock.sleep(5);
      }
    })();
    const buyers = Promise.all(
      Array.from({ length: BUYERS }, (_unused, buyer) =>
        buy(buyer % 2 === 0 ? core : other.core, sale, buyer),
      ),
    );
    // Rebuilds run beside the buyers, the consumers and the reader. One worker leaves meanwhile.
    await rebuild(core);
    await second.stop();
    await rebuild(core);
    await buyers;
    // The publisher keeps messages back for ever after `publishRest`, so no hold may expire later.
    await until(async () => (await openHolds()) === 0);
    await until(async () => (await core.outbox.backlog(null)).pending === 0);
    await publisher.publishRest();
    await until(async () => (await figuresOf(core)).held === 0);
    await untilAllApplied(core);
    isOver = true;
    await reader;
    expect(looks, "sums that a reader saw").to.deep.equal([]);

    const figures = await figuresOf(core);
    expect(figures).to.deep.equal(await figuresOfSeats());
    expect(figures.sold).to.be.greaterThan(0);
    expect(await checkSales(core)).to.deep.include({ behind: 0, wrongCount: 0, sums: [] });

    const counted = await core.sales.counted(null, ALL);
    expect(counted.length).to.be.greaterThan(BUYERS / 2);
    await test.sql("DELETE FROM sales_reservations");
    await test.sql("DELETE FROM sales_performances");
    expect((await checkSales(core)).wrongCount).to.equal(counted.length);
    expect(await rebuild(core)).to.include({ status: "DONE" });
    expect(await core.sales.counted(null, ALL)).to.deep.equal(counted);
    expect(await figuresOf(core)).to.deep.equal(figures);

    expect(await foldedLog(test, counted)).to.deep.equal(figures);
    const drained = { ids: ["I5"], drained: true } as const;
    await until(async () => (await checkInvariants(core, drained)).holds);
    await first.stop();
    await expectInvariants(core, { drained: true });
  }).timeout(60_000);
});

/** Asks until the answer is yes. The time limit of the test ends the wait. */
async function until(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await systemClock.sleep(20);
}

/** Waits until the consumer has applied every message, also those of older versions. */
async function untilAllApplied({ sales }: CoreContext): Promise<void> {
  const ids = (await sales.actual(null, ALL)).map(({ reservationId }) => reservationId);
  await until(async () => (await sales.comingMessages(null, SALES_PROJECTION, ids)).length === 0);
}

/** The figures that follow from the messages of the topic alone. */
async function foldedLog(test: TestCore, counted: readonly ReservationSale[]) {
  const latest = new Map<number, ReservationSale>();
  const listener = await listenTo(test.stack, ["reservation"]);
  const fold = () => {
    for (const { value } of listener.messages) {
      const read = readSale(value);
      if ("problem" in read) expect.fail(read.problem);
      const { effect } = read;
      const before = latest.get(effect.reservationId);
      if (!before || before.version < effect.version) latest.set(effect.reservationId, effect);
    }
    return counted.every((sale) => latest.get(sale.reservationId)?.version === sale.version);
  };
  await listener.until(fold);
  await listener.stop();
  const changes = [...latest.values()].map((after) => ({ before: undefined, after }));
  const [folded] = figureChanges(changes);
  return { held: folded?.held, sold: folded?.sold, revenue: folded?.revenue };
}
