import { expect } from "chai";
import { openCore } from "../../src/compose/openCore.ts";
import { parseEnvelope, toPublishedMessage } from "../../src/outbox/envelope.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { OutboxMessage } from "../../src/ports/outboxStore.ts";
import type { PublishedMessage } from "../../src/ports/publisher.ts";
import { joinQueue } from "../../src/queue/joinQueue.ts";
import { queueStatus } from "../../src/queue/queueStatus.ts";
import { systemIds } from "../../src/shared/ids.ts";
import { startWorker, type Worker } from "../../src/worker/startWorker.ts";
import { expectInvariants } from "../support/expectInvariants.ts";
import { chargedUser, held, makeSale, newUserId, paid, QUEUE_ID } from "../support/fixtures.ts";
import { outboxMessage } from "../support/outboxMessages.ts";
import { until } from "../support/raceTools.ts";
import { recordingLog, recordingMetrics } from "../support/recorders.ts";
import { openTestCore, type TestCore } from "../support/testCore.ts";
import { configOf, newTestStack } from "../support/testStack.ts";
import { listenTo } from "../support/topicListener.ts";
import { startWebhookServer, type WebhookServer } from "../support/webhookServer.ts";

/** Longest stop of a worker (loops, consumer, leases) on a busy machine. */
const STOP_MS_MAX = 3_000;

describe("the worker", () => {
  let platform: WebhookServer;
  let test: TestCore;
  let worker: Worker;

  before("starts a worker and a platform", async () => {
    platform = await startWebhookServer();
    test = await openTestCore(
      {
        WEBHOOK_URL: platform.url,
        OUTBOX_POLL_MS: "50",
        HOLD_SWEEP_MS: "50",
        QUEUE_PROMOTE_MS: "20",
      },
      "all",
    );
    worker = startWorker(test.core);
  });
  after("stops both", async () => {
    const startedMs = performance.now();
    await Promise.all([worker.stop(), worker.stop()]);
    await worker.stop();
    expect(performance.now() - startedMs, "ms to stop").to.be.below(STOP_MS_MAX);
    await test.close();
    await platform.close();
  });

  const notified = async (): Promise<number> => {
    const { owed, delivered } = await test.core.notifications.counts(null);
    return owed + delivered;
  };

  it("notifies the platform of every step of a sale, once", async () => {
    const { core } = test;
    const userId = await chargedUser(core);
    const { reservationId } = await paid(core, userId, (await makeSale(core, 2)).seatIds);
    await platform.until((calls) => calls.length >= 3);
    const notified = platform.calls.map(({ body }) => JSON.parse(body));
    const ofReservation = notified.filter(({ aggregateType }) => aggregateType === "reservation");
    // Posts run at the same time, so the test sorts them by version.
    ofReservation.sort((a, b) => a.aggregateVersion - b.aggregateVersion);
    expect(ofReservation.map(({ type, aggregateId }) => [type, aggregateId])).to.deep.equal([
      ["reservation.held", reservationId],
      ["reservation.confirmed", reservationId],
    ]);
    expect(notified.filter(({ type }) => type === "payment.captured")).to.have.length(1);
    const ids = platform.calls.map(({ headers }) => headers["onsale-message-id"]);
    expect(new Set(ids).size).to.equal(3);
    await until(async () => (await core.notifications.counts(null)).owed === 0);
    await expectInvariants(core, { drained: true });
  });

  it("expires an overdue hold and notifies the platform", async () => {
    const { core } = test;
    const [seat] = (await makeSale(core, 1)).seatIds;
    const reservationId = await held(core, newUserId(), [seat ?? 0]);
    await test.endHold(reservationId, -1);
    await platform.until((calls) => calls.some(({ body }) => body.includes("reservation.expired")));
    expect((await core.reservations.find(null, reservationId))?.status).to.equal("EXPIRED");
  });

  it("admits waiting buyers", async () => {
    const { core } = test;
    const userId = newUserId();
    const { token } = await joinQueue(core, { queueId: QUEUE_ID, userId });
    await until(async () => {
      const ticket = await queueStatus(core, { queueId: QUEUE_ID, userId, token });
      return ticket.status === "ACTIVE";
    });
  });

  it("applies a message once when it arrives twice", async () => {
    const { core, sql } = test;
    const before = await notified();
    const message = await publish(core, [{}, {}, {}]);
    const last = await publish(core, [{}]);
    await until(async () => (await notified()) >= before + 2);
    const rows = await sql("SELECT message_id FROM notifications WHERE message_id IN (?, ?)", [
      message.messageId,
      last.messageId,
    ]);
    expect(rows.map((row) => row.message_id)).to.deep.equal([message.messageId, last.messageId]);
    await expectEffectsOnce();
  });

  it("sends an unreadable message to the dead letters, and continues with the next", async () => {
    const { core, stack } = test;
    const before = await notified();
    const letters = await listenTo(stack, ["reservation.dead-letter"]);
    try {
      const broken = await publish(core, [{ value: "{broken" }]);
      const unknown = await publish(core, [{}], { type: "reservation.eaten" });
      await publish(core, [{}]);
      await until(async () => (await notified()) === before + 1);
      // Each of the two consumers gives both messages up.
      await letters.until((messages) => messages.length === 4);
      const source = `${stack.name}.reservation`;
      for (const consumer of ["reservation-notifier", "sales-projection"]) {
        const given = letters.messages.filter(
          ({ headers }) => headers["dead-letter-consumer"] === consumer,
        );
        const reasons = given.map(({ messageId, headers }) => [
          messageId,
          headers["dead-letter-reason"],
          headers["dead-letter-attempts"],
          headers["dead-letter-source"]?.replace(/\/\d+\/\d+$/, ""),
        ]);
        expect(reasons, consumer).to.deep.equal([
          [broken.messageId, "the value is no JSON", "1", source],
          [unknown.messageId, "the type reservation.eaten is unknown", "1", source],
        ]);
        expect(parseEnvelope(given[1]?.value ?? "")).to.have.property("envelope");
      }
    } finally {
      await letters.stop();
    }
  });

  it("posts a notification again when the platform refused it", async () => {
    const { core } = test;
    // Notifications of earlier tests must be delivered first, or they would get the refusal.
    await until(async () => (await core.notifications.counts(null)).owed === 0);
    platform.answerNext(500);
    const { messageId } = await publish(core, [{}]);
    await platform.until((calls) => {
      return calls.filter(({ headers }) => headers["onsale-message-id"] === messageId).length === 2;
    });
    await until(async () => (await core.notifications.counts(null)).owed === 0);
  });

  /** Publishes the same message several times on the reservation topic, without the outbox. */
  async function publish(
    core: CoreContext,
    copies: readonly Partial<PublishedMessage>[],
    parts: Partial<OutboxMessage> = {},
  ): Promise<OutboxMessage> {
    const message = outboxMessage(1, { messageId: systemIds.uuid(), ...parts });
    const published = toPublishedMessage(core.config, message);
    await core.publisher.publish(copies.map((copy) => ({ ...published, ...copy })));
    return message;
  }

  /** Counts the effects directly: I5 would report the missing outbox message. */
  async function expectEffectsOnce(): Promise<void> {
    const twice = await test.sql(
      "SELECT message_id FROM notifications GROUP BY message_id HAVING COUNT(*) > 1",
    );
    expect(twice).to.deep.equal([]);
  }
});

describe("a worker without servers", () => {
  it("starts, keeps trying, and stops on request", async () => {
    const stack = await newTestStack();
    const config = configOf(stack, {
      MYSQL_URL: "mysql://root@127.0.0.1:1/none",
      REDIS_URL: "redis://127.0.0.1:1",
      KAFKA_BROKERS: "127.0.0.1:1",
    });
    const metrics = recordingMetrics();
    const opened = await openCore(config, { log: recordingLog(), metrics, role: "worker" });
    const worker = startWorker(opened.core);
    await until(async () => metrics.counted("loop_failures_total", { loop: "outbox-relay" }) >= 2);
    const startedMs = performance.now();
    await worker.stop();
    await opened.close();
    expect(performance.now() - startedMs, "ms to stop").to.be.below(STOP_MS_MAX);
  });
});
