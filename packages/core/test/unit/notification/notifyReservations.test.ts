import { expect } from "chai";
import sinon from "sinon";
import { notifyReservations } from "../../../src/notification/notifyReservations.ts";
import { toPublishedMessage } from "../../../src/outbox/envelope.ts";
import type { ConsumerSubscription, ReceivedMessage } from "../../../src/ports/consumer.ts";
import type { NotificationStore } from "../../../src/ports/notificationStore.ts";
import type { PublishedMessage, PublishFailure } from "../../../src/ports/publisher.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { failureOf, firstOf } from "../../support/fixtures.ts";
import { outboxMessage } from "../../support/outboxMessages.ts";
import { recordingLog, recordingMetrics } from "../../support/recorders.ts";

const config = testCoreConfig({ KAFKA_TOPIC_PREFIX: "t." });
const TX = { label: "tx" };

function received(value: string): ReceivedMessage {
  return {
    messageId: "header-id",
    topic: "t.reservation",
    partition: 2,
    offset: "41",
    key: "reservation:7",
    value,
    headers: { "message-id": "header-id" },
  };
}

const good = received(toPublishedMessage(config, outboxMessage(1)).value);

/** The notifier over an inbox in memory; its subscription is what the broker would call. */
async function notifierWorld() {
  const applied = new Set<string>();
  const insert = sinon.stub<Parameters<NotificationStore["insert"]>, Promise<void>>();
  const nothing = sinon.stub().rejects(new Error("not used"));
  const letters: PublishedMessage[] = [];
  let letterFailures: readonly PublishFailure[] = [];
  const subscriptions: ConsumerSubscription[] = [];
  const log = recordingLog();
  const core = {
    config,
    log,
    metrics: recordingMetrics(),
    async withTransaction<T>(work: (tx: typeof TX) => Promise<T>): Promise<T> {
      const before = [...applied];
      try {
        return await work(TX);
      } catch (error) {
        applied.clear();
        for (const record of before) applied.add(record);
        throw error;
      }
    },
    inbox: {
      async record(_tx: unknown, consumer: string, messageId: string) {
        const isNew = !applied.has(`${consumer} ${messageId}`);
        applied.add(`${consumer} ${messageId}`);
        return isNew;
      },
      cleanUp: nothing,
    },
    notifications: {
      insert,
      takeDue: nothing,
      markDelivered: nothing,
      markFailed: nothing,
      counts: nothing,
      cleanUp: nothing,
    },
    publisher: {
      async publish(messages: readonly PublishedMessage[]) {
        letters.push(...messages);
        return letterFailures;
      },
    },
    consumers: {
      async run(subscription: ConsumerSubscription) {
        subscriptions.push(subscription);
        return { stop: async () => {} };
      },
    },
  };
  await notifyReservations(core);
  return {
    subscription: firstOf(subscriptions),
    insert,
    letters,
    log,
    refuseLetters(failure: PublishFailure) {
      letterFailures = [failure];
    },
  };
}

describe("the reservation notifier", () => {
  it("listens to reservations and payments", async () => {
    const { subscription } = await notifierWorld();
    expect(subscription.consumer).to.equal("reservation-notifier");
    expect(subscription.topics).to.deep.equal(["t.reservation", "t.payment"]);
  });

  it("owes one notification for a message, however often it comes", async () => {
    const { subscription, insert } = await notifierWorld();
    for (let times = 0; times < 3; times += 1) await subscription.handle(good);
    expect(insert.callCount).to.equal(1);
    expect(insert.firstCall.args[0]).to.equal(TX);
  });

  it("sends what it cannot read to the dead letters, with source, reason, attempts", async () => {
    const { subscription, insert, letters } = await notifierWorld();
    await subscription.handle(received("{broken"));
    expect(insert.called).to.equal(false);
    expect(letters).to.deep.equal([
      {
        messageId: "header-id",
        topic: "t.reservation.dead-letter",
        key: "reservation:7",
        value: "{broken",
        headers: {
          "message-id": "header-id",
          "dead-letter-source": "t.reservation/2/41",
          "dead-letter-consumer": "reservation-notifier",
          "dead-letter-reason": "the value is no JSON",
          "dead-letter-attempts": "1",
        },
      },
    ]);
  });

  it("goes on, with an alarm, when even the dead letter is refused", async () => {
    const { subscription, refuseLetters, log } = await notifierWorld();
    refuseLetters({ messageId: "header-id", error: "MESSAGE_TOO_LARGE", poison: true });
    await subscription.handle(received("{broken"));
    expect(log.lines.map(({ level }) => level)).to.deep.equal(["error"]);
  });

  it("lets a message come again for as long as a server is away", async () => {
    const { subscription, insert, letters } = await notifierWorld();
    const away = new DependencyUnavailableError("mysql");
    insert.rejects(away);
    for (let times = 0; times < 20; times += 1) {
      expect(await failureOf(subscription.handle(good))).to.equal(away);
    }
    expect(letters).to.deep.equal([]);
  });

  it("gives a message up that fails by itself, at the fifth attempt", async () => {
    const { subscription, insert, letters } = await notifierWorld();
    insert.rejects(new Error("the column is too short"));
    for (let attempt = 1; attempt < 5; attempt += 1) {
      expect(await failureOf(subscription.handle(good))).to.be.instanceOf(Error);
    }
    await subscription.handle(good);
    expect(letters.map(({ headers }) => headers["dead-letter-attempts"])).to.deep.equal(["5"]);
  });
});
