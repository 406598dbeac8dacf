import { mailbox } from "@onsale/conformance/mailbox";
import { expect } from "chai";
import { type KafkaConnection, openKafka } from "../../src/adapters/kafka/connection.ts";
import { kafkaConsumers, type SupervisorSettings } from "../../src/adapters/kafka/consumers.ts";
import { kafkaPublisher } from "../../src/adapters/kafka/publisher.ts";
import type { ReceivedMessage, RunningConsumer } from "../../src/ports/consumer.ts";
import type { PublishedMessage } from "../../src/ports/publisher.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { DependencyUnavailableError } from "../../src/shared/errors.ts";
import { systemIds } from "../../src/shared/ids.ts";
import { failureOf } from "../support/fixtures.ts";
import { recordingLog } from "../support/recorders.ts";
import { configOf, newTestStack, type TestStack } from "../support/testStack.ts";

describe("the Kafka adapter", () => {
  let stack: TestStack;
  let connection: KafkaConnection;
  let topic: string;
  let topicCount = 0;
  const running: RunningConsumer[] = [];

  before("opens a connection", async () => {
    stack = await newTestStack();
  });
  beforeEach("takes a topic of its own", () => {
    connection = openKafka(configOf(stack).kafka, systemClock, recordingLog());
    topicCount += 1;
    topic = `${stack.name}.t${topicCount}`;
  });
  afterEach("closes the connection", async () => {
    await Promise.all(running.splice(0).map((consumer) => consumer.stop()));
    await connection.close();
  });

  const message = (key: string, value: string): PublishedMessage => ({
    messageId: systemIds.uuid(),
    topic,
    key,
    value,
    headers: { kind: "test" },
  });

  async function consume(
    handle: (message: ReceivedMessage) => Promise<void>,
    settings?: SupervisorSettings,
  ): Promise<RunningConsumer> {
    const consumer = `c${topicCount}`;
    const started = await kafkaConsumers(connection, settings).run({
      consumer,
      topics: [topic],
      handle,
    });
    running.push(started);
    return started;
  }

  it("finds the refused message when Kafka stored the messages of other partitions", async () => {
    const configEntries = [{ name: "max.message.bytes", value: "3000" }];
    await connection.admin((admin) =>
      admin.createTopics({ topics: [{ topic, numPartitions: 6, configEntries }] }),
    );
    const keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const small = keys.flatMap((key) => [message(key, `${key}1`), message(key, `${key}2`)]);
    const poison = message("p", "x".repeat(20_000));
    const publisher = kafkaPublisher(connection);
    const failures = await publisher.publish([...small, poison]);
    expect(failures.map(({ messageId }) => messageId)).to.deep.equal([poison.messageId]);
    // With the same producer, Kafka would drop these messages as repetitions, or refuse them.
    const later = keys.map((key) => message(key, `${key}3`));
    expect(await publisher.publish(later)).to.deep.equal([]);
    const box = mailbox();
    await consume(box.take);
    await box.until(() => new Set(box.values).size === 3 * keys.length);
  });

  it("rejects repeatedly with DependencyUnavailableError when no server listens", async () => {
    const away = openKafka(
      { ...configOf(stack).kafka, brokers: ["127.0.0.1:1"] },
      systemClock,
      recordingLog(),
    );
    const publisher = kafkaPublisher(away);
    for (let times = 0; times < 2; times += 1) {
      const failure = await failureOf(publisher.publish([message("k", "v")]));
      expect(failure).to.be.instanceOf(DependencyUnavailableError);
    }
    expect(away.health()).to.deep.include({ dependency: "kafka", up: false });
    await away.close();
  });

  it("rejects with DependencyUnavailableError when no broker is configured", async () => {
    const none = openKafka({ ...configOf(stack).kafka, brokers: [] }, systemClock, recordingLog());
    const failure = await failureOf(kafkaPublisher(none).publish([message("k", "v")]));
    expect(failure).to.be.instanceOf(DependencyUnavailableError);
    expect(none.health().reason).to.equal("KAFKA_BROKERS is not set");
    await none.close();
  });

  it("replaces a consumer that makes no progress while messages wait", async () => {
    await kafkaPublisher(connection).publish([message("k", "one"), message("k", "two")]);
    const box = mailbox();
    let calls = 0;
    const stuck = Promise.withResolvers<void>();
    await consume(
      async (received) => {
        calls += 1;
        if (calls === 1) await stuck.promise;
        else await box.take(received);
      },
      { checkMs: 200, stallMs: 1_000 },
    );
    await box.count(2);
    expect(box.values).to.deep.equal(["one", "two"]);
    stuck.resolve();
  });

  it("reports Kafka as up while Kafka answers", async () => {
    await connection.admin((admin) => admin.listTopics());
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => (connection.health().up ? resolve() : void setImmediate(look));
    look();
    await promise;
    expect(connection.health()).to.deep.equal({ dependency: "kafka", up: true, reason: undefined });
  });
});
