import { mailbox } from "@onsale/conformance/mailbox";
import { expect } from "chai";
import { type KafkaConnection, openKafka } from "../../src/adapters/kafka/connection.ts";
import { kafkaConsumers } from "../../src/adapters/kafka/consumers.ts";
import { kafkaLagReader } from "../../src/adapters/kafka/lagReader.ts";
import { kafkaPublisher } from "../../src/adapters/kafka/publisher.ts";
import type { RestoredTopics } from "../../src/adapters/kafka/topicCreation.ts";
import type { RunningConsumer } from "../../src/ports/consumer.ts";
import type { PublishedMessage } from "../../src/ports/publisher.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { systemIds } from "../../src/shared/ids.ts";
import { recordingLog } from "../support/recorders.ts";
import { configOf, newTestStack, type TestStack } from "../support/testStack.ts";

const CHECKS = { checkMs: 200, stallMs: 10_000 };
/** The callers rarely meet in the broker, so they try more than once. */
const ROUNDS = 20;

describe("a Kafka topic that was deleted", () => {
  let stack: TestStack;
  let connection: KafkaConnection;
  let log: ReturnType<typeof recordingLog>;
  let topics: readonly [string, string];
  let count = 0;
  const running: RunningConsumer[] = [];

  before("opens a broker that creates no topic by itself", async () => {
    stack = await newTestStack();
  });
  beforeEach("takes two topics", () => {
    log = recordingLog();
    connection = openKafka(configOf(stack).kafka, systemClock, log);
    count += 1;
    topics = [`${stack.name}.gone${count}`, `${stack.name}.kept${count}`];
  });
  afterEach("closes the connection", async () => {
    await Promise.all(running.splice(0).map((consumer) => consumer.stop()));
    await connection.close();
  });

  const message = (topic: string, value: string): PublishedMessage => ({
    ...{ messageId: systemIds.uuid(), topic, key: "k", value, headers: {} },
  });
  const both = (value: string) => topics.map((topic) => message(topic, value));
  const exists = async (topic: string): Promise<boolean> =>
    (await connection.admin((admin) => admin.listTopics())).includes(topic);
  async function deleteTopic(): Promise<void> {
    const [gone] = topics;
    await connection.admin((admin) => admin.deleteTopics({ topics: [gone] }));
    while (await exists(gone));
  }
  /** A broker that lets this client create no topic. */
  function withoutPermission(): KafkaConnection {
    return {
      ...connection,
      ensureTopics: async () => undefined,
      async restoreTopics(wanted): Promise<RestoredTopics> {
        const existing = new Set(await connection.admin((admin) => admin.listTopics()));
        const missing = wanted.filter((topic) => !existing.has(topic));
        const absent = new Map(missing.map((topic) => [topic, "TOPIC_AUTHORIZATION_FAILED"]));
        return { created: [], absent };
      },
    };
  }
  async function consume(by: KafkaConnection, box: ReturnType<typeof mailbox>): Promise<void> {
    const subscription = { consumer: `c${count}`, topics, handle: box.take };
    running.push(await kafkaConsumers(by, CHECKS).run(subscription));
  }
  const events = (): unknown[] => log.lines.map(({ fields }) => fields.event);

  it("is created again, and the messages of all topics are published", async () => {
    const publisher = kafkaPublisher(connection);
    expect(await publisher.publish(both("before"))).to.deep.equal([]);
    await deleteTopic();
    expect(await publisher.publish(both("after"))).to.deep.equal([]);
    expect(await publisher.publish(both("later"))).to.deep.equal([]);
    expect(events()).to.include("kafka.topic_restored");
    const box = mailbox();
    await consume(connection, box);
    const valuesOf = (wanted: string): Set<string> =>
      new Set(box.messages.filter(({ topic }) => topic === wanted).map(({ value }) => value));
    await box.until(() => valuesOf(topics[0]).size === 2 && valuesOf(topics[1]).size === 3);
    expect(valuesOf(topics[0])).to.deep.equal(new Set(["after", "later"]));
  });

  it("delays only its own messages while it cannot be created", async () => {
    const publisher = kafkaPublisher(connection);
    await publisher.publish(both("before"));
    await deleteTopic();
    const limited = kafkaPublisher(withoutPermission());
    for (const value of ["one", "two"]) {
      const failures = await limited.publish(both(value));
      expect(failures.map(({ reason }) => reason)).to.deep.equal(["topic"]);
      expect(failures[0]?.error).to.include(topics[0]).and.include("AUTHORIZATION");
    }
    expect(events().filter((event) => event === "kafka.topic_missing")).to.have.length(1);
    await connection.restoreTopics(topics);
    expect(await limited.publish(both("three"))).to.deep.equal([]);
    const box = mailbox();
    await consume(connection, box);
    await box.until(() => ["one", "two", "three"].every((value) => box.values.includes(value)));
  });

  it("delays only its own messages when the broker refuses its name", async () => {
    const [, kept] = topics;
    const invalid = `${stack.name}.no topic!`;
    const sent = [message(invalid, "one"), message(kept, "one")];
    const failures = await kafkaPublisher(connection).publish(sent);
    expect(failures.map(({ messageId, reason }) => [messageId, reason])).to.deep.equal([
      [sent[0]?.messageId, "topic"],
    ]);
    expect(failures[0]?.error).to.include(invalid);
  });

  it("does not stop a consumer from reading its other topics", async () => {
    const publisher = kafkaPublisher(connection);
    await publisher.publish(both("before"));
    const box = mailbox();
    await consume(withoutPermission(), box);
    await box.count(2);
    await deleteTopic();
    await kafkaPublisher(withoutPermission()).publish(both("while away"));
    await box.until(() => box.values.includes("while away"));
    await connection.restoreTopics(topics);
    await kafkaPublisher(connection).publish([message(topics[0], "again")]);
    await box.until(() => box.values.includes("again"));
  });

  it("exists for each of two callers that create it at the same moment", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = `${topics[0]}.round${round}`;
      const second = `${topics[1]}.round${round}`;
      const restored = await Promise.all([
        connection.restoreTopics([first]),
        connection.restoreTopics([first, second]),
      ]);
      for (const { absent } of restored) expect([...absent], `round ${round}`).to.deep.equal([]);
    }
  });

  it("is named as missing by the lag of its consumer", async () => {
    await kafkaPublisher(connection).publish(both("one"));
    const box = mailbox();
    await consume(connection, box);
    await box.count(2);
    await running[0]?.stop();
    await kafkaPublisher(connection).publish(both("two"));
    const reader = kafkaLagReader(configOf(stack).kafka, systemClock, log);
    const before = await reader.read(`c${count}`, topics, 0);
    expect(before.partitions.reduce((sum, { lag }) => sum + lag, 0)).to.equal(2);
    await deleteTopic();
    const after = await reader.read(`c${count}`, topics, 0);
    expect(after.missingTopics).to.deep.equal([topics[0]]);
    expect(after.partitions.reduce((sum, { lag }) => sum + lag, 0)).to.equal(1);
  });
});
