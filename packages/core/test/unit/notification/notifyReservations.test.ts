import { expect } from "chai";
import { notifyReservations } from "../../../src/notification/notifyReservations.ts";
import { toPublishedMessage } from "../../../src/outbox/envelope.ts";
import type { ConsumerSubscription, ReceivedMessage } from "../../../src/ports/consumer.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { failureOf, firstOf } from "../../support/fixtures.ts";
import { openMemoryTestCore } from "../../support/memoryCore.ts";
import { outboxMessage } from "../../support/outboxMessages.ts";

const SETTINGS = { KAFKA_TOPIC_PREFIX: "t." };
const DEAD_LETTERS = "t.reservation.dead-letter";

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

const good = received(toPublishedMessage(testCoreConfig(SETTINGS), outboxMessage(1)).value);

/** The notifier on in-memory servers; the test calls its handler as a consumer would. */
async function notifierFixture(replaced: Partial<CoreContext> = {}) {
  const opened = openMemoryTestCore(SETTINGS);
  const { core, servers } = opened;
  const subscriptions: ConsumerSubscription[] = [];
  const consumers: CoreContext["consumers"] = {
    async run(subscription) {
      subscriptions.push(subscription);
      return { stop: async () => {} };
    },
  };
  await notifyReservations({ ...core, consumers, ...replaced });
  const { broker } = servers;
  const reader = { consumer: "reader", memberId: broker.newMemberId() };
  const { inboxMessages } = servers.database.tables;

  return {
    ...opened,
    subscription: firstOf(subscriptions),
    counts: () => core.notifications.counts(null),
    inboxSize: async () => (await servers.database.autocommit((s) => s.all(inboxMessages))).length,
    /** All dead letters, as another consumer reads them. */
    deadLetters() {
      const generation = broker.join(reader, [DEAD_LETTERS], () => {});
      const batches = broker.fetch(reader, generation ?? 0) ?? [];
      return batches.flatMap(({ records }) => records);
    },
  };
}

describe("the reservation notifier", () => {
  it("subscribes to the topics of reservations and payments", async () => {
    const { subscription } = await notifierFixture();
    expect(subscription.consumer).to.equal("reservation-notifier");
    expect(subscription.topics).to.deep.equal(["t.reservation", "t.payment"]);
  });

  it("creates one notification for a message that arrives three times", async () => {
    const { subscription, counts, inboxSize, metrics } = await notifierFixture();
    for (let times = 0; times < 3; times += 1) await subscription.handle(good);
    expect(await counts()).to.deep.equal({ owed: 1, delivered: 0, dead: 0 });
    expect(await inboxSize()).to.equal(1);
    expect(metrics.counted("inbox_messages_total", { outcome: "repeated" })).to.equal(2);
  });

  it("keeps no inbox record when the notification cannot be stored", async () => {
    const { subscription, counts, inboxSize, loseCalls, restoreCalls } = await notifierFixture();
    loseCalls(/^mysql notifications\.insert/);
    expect(await failureOf(subscription.handle(good))).to.be.instanceOf(Error);
    restoreCalls();
    expect(await inboxSize()).to.equal(0);
    await subscription.handle(good);
    expect(await counts()).to.include({ owed: 1 });
  });

  it("copies an unreadable message to the dead letters with source and reason", async () => {
    const { subscription, counts, deadLetters } = await notifierFixture();
    await subscription.handle(received("{broken"));
    expect(await counts()).to.deep.equal({ owed: 0, delivered: 0, dead: 0 });
    const [letter, ...others] = deadLetters();
    expect(others).to.deep.equal([]);
    expect(letter).to.deep.include({
      key: "reservation:7",
      value: "{broken",
      headers: {
        "message-id": "header-id",
        "dead-letter-source": "t.reservation/2/41",
        "dead-letter-consumer": "reservation-notifier",
        "dead-letter-reason": "the value is no JSON",
        "dead-letter-attempts": "1",
      },
    });
  });

  it("continues with an error in the log when the broker refuses the dead letter", async () => {
    const { subscription, deadLetters, log, counts } = await notifierFixture();
    await subscription.handle(received(`{${"x".repeat(1_100_000)}`));
    expect(deadLetters()).to.deep.equal([]);
    expect(log.lines.map(({ level, fields }) => [level, fields.event])).to.deep.equal([
      ["error", "consumer.dead_letter_refused"],
    ]);
    await subscription.handle(good);
    expect(await counts()).to.include({ owed: 1 });
  });

  it("rejects while MySQL is unavailable, so that the message is delivered again", async () => {
    const { subscription, deadLetters, counts, loseCalls, restoreCalls } = await notifierFixture();
    loseCalls(/^mysql/);
    for (let times = 0; times < 20; times += 1) {
      const failure = await failureOf(subscription.handle(good));
      expect(failure).to.be.instanceOf(DependencyUnavailableError);
    }
    expect(deadLetters()).to.deep.equal([]);
    restoreCalls();
    await subscription.handle(good);
    expect(await counts()).to.include({ owed: 1 });
  });

  it("makes a dead letter of a message at its fifth failure while all servers answer", async () => {
    const { core } = openMemoryTestCore(SETTINGS);
    // No stored state makes the insert fail, so its failure is made up.
    const insert = () => Promise.reject(new Error("the column is too short"));
    const notifications = { ...core.notifications, insert };
    const { subscription, deadLetters } = await notifierFixture({ notifications });
    for (let attempt = 1; attempt < 5; attempt += 1) {
      expect(await failureOf(subscription.handle(good))).to.be.instanceOf(Error);
      expect(deadLetters()).to.deep.equal([]);
    }
    await subscription.handle(good);
    const attempts = deadLetters().map(({ headers }) => headers["dead-letter-attempts"]);
    expect(attempts).to.deep.equal(["5"]);
  });
});
