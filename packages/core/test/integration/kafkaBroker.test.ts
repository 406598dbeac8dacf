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
import { configOf, newTestWorld, type TestWorld } from "../support/testStack.ts";

/** Far beyond Kafka's default limit of 1 MiB for a message. */
const POISON_BYTES = 3_000_000;
/** A fetch in flight, leaving the group, and a busy machine. */
const STOP_MS_MAX = 2_000;

describe("the broker", () => {
  let world: TestWorld;
  let connection: KafkaConnection;
  let topic: string;
  let topicCount = 0;
  const running: RunningConsumer[] = [];

  before("opens a connection", async () => {
    world = await newTestWorld();
  });
  beforeEach("takes a topic of its own", () => {
    connection = openKafka(configOf(world).kafka, systemClock, recordingLog());
    topicCount += 1;
    topic = `${world.name}.t${topicCount}`;
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

  /** Collects values; resolves when so many came. */
  function collector(count: number) {
    const values: string[] = [];
    const { promise: all, resolve } = Promise.withResolvers<void>();
    return {
      values,
      all,
      async take({ value }: ReceivedMessage): Promise<void> {
        values.push(value);
        if (values.length >= count) resolve();
      },
    };
  }

  it("hands over what was published, in the order of each key", async () => {
    const publisher = kafkaPublisher(connection);
    const messages = Array.from({ length: 300 }, (_unused, index) =>
      message(`key-${index % 7}`, `${index % 7}:${index}`),
    );
    expect(await publisher.publish(messages.slice(0, 200))).to.deep.equal([]);
    expect(await publisher.publish(messages.slice(200))).to.deep.equal([]);
    const { values, all, take } = collector(300);
    await consume(take);
    await all;
    for (let key = 0; key < 7; key += 1) {
      const ofKey = (list: readonly string[]) => list.filter((v) => v.startsWith(`${key}:`));
      expect(ofKey(values)).to.deep.equal(ofKey(messages.map(({ value }) => value)));
    }
  });

  it("gives a message with its key and headers", async () => {
    const sent = { ...message("k", "표 ✓"), headers: { "message-id": "m-1", type: "t" } };
    await kafkaPublisher(connection).publish([sent]);
    const { promise, resolve } = Promise.withResolvers<ReceivedMessage>();
    await consume(async (received) => resolve(received));
    const { key, value, headers, messageId, offset } = await promise;
    expect({ key, value, headers, messageId, offset }).to.deep.equal({
      key: "k",
      value: "표 ✓",
      headers: { "message-id": "m-1", type: "t" },
      messageId: "m-1",
      offset: "0",
    });
  });

  it("refuses a poisonous message alone, and loses nothing published after it", async () => {
    const publisher = kafkaPublisher(connection);
    const poison = message("p", "x".repeat(POISON_BYTES));
    const behind = message("p", "behind");
    const first = [message("a", "a1"), poison, behind, message("b", "b1")];
    const failures = await publisher.publish(first);
    expect(failures.map(({ messageId, poison: is }) => [messageId, is])).to.deep.equal([
      [poison.messageId, true],
      [behind.messageId, false],
    ]);
    for (const round of ["a2", "a3", "a4"]) {
      expect(await publisher.publish([message("a", round)])).to.deep.equal([]);
    }
    const { values, all, take } = collector(5);
    await consume(take);
    await all;
    expect(values.filter((value) => value.startsWith("a"))).to.deep.equal(["a1", "a2", "a3", "a4"]);
  });

  it("finds the poisonous one in a request of which other partitions were stored", async () => {
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
    // A producer that went on would have these thrown away as repetitions, or refused for good.
    const later = keys.map((key) => message(key, `${key}3`));
    expect(await publisher.publish(later)).to.deep.equal([]);
    const values = new Set<string>();
    const all = Promise.withResolvers<void>();
    await consume(async ({ value }) => {
      values.add(value);
      if (values.size === 3 * keys.length) all.resolve();
    });
    await all.promise;
  });

  it("says that it is away when nobody listens there, soon, and says so again", async () => {
    const away = openKafka(
      { ...configOf(world).kafka, brokers: ["127.0.0.1:1"] },
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

  it("says that it is away when no broker is named", async () => {
    const none = openKafka({ ...configOf(world).kafka, brokers: [] }, systemClock, recordingLog());
    const failure = await failureOf(kafkaPublisher(none).publish([message("k", "v")]));
    expect(failure).to.be.instanceOf(DependencyUnavailableError);
    expect(none.health().reason).to.equal("KAFKA_BROKERS is not set");
    await none.close();
  });

  it("hands a message over again until it is applied, before any behind it", async () => {
    await kafkaPublisher(connection).publish([message("k", "one"), message("k", "two")]);
    const { values, all, take } = collector(2);
    let failures = 0;
    await consume(async (received) => {
      if (failures < 3) {
        failures += 1;
        throw new Error(`not yet (${received.value})`);
      }
      await take(received);
    });
    await all;
    expect(values).to.deep.equal(["one", "two"]);
  });

  it("gives a message that was not applied to the next consumer of the group", async () => {
    await kafkaPublisher(connection).publish([message("k", "one")]);
    const tried = Promise.withResolvers<void>();
    const first = await consume(async () => {
      tried.resolve();
      throw new Error("never");
    });
    await tried.promise;
    await first.stop();
    const { values, all, take } = collector(1);
    await consume(take);
    await all;
    expect(values).to.deep.equal(["one"]);
  });

  it("trap 27: lets an idle consumer go quickly, twice if asked", async () => {
    await kafkaPublisher(connection).publish([message("k", "one")]);
    const { all, take } = collector(1);
    const consumer = await consume(take);
    await all;
    const startedMs = performance.now();
    await Promise.all([consumer.stop(), consumer.stop()]);
    await consumer.stop();
    expect(performance.now() - startedMs).to.be.below(STOP_MS_MAX);
  });

  it("trap 19: replaces a consumer that has messages waiting and does not move", async () => {
    await kafkaPublisher(connection).publish([message("k", "one"), message("k", "two")]);
    const { values, all, take } = collector(2);
    let calls = 0;
    const stuck = Promise.withResolvers<void>();
    await consume(
      async (received) => {
        calls += 1;
        if (calls === 1) await stuck.promise;
        else await take(received);
      },
      { lookMs: 200, stallMs: 1_000 },
    );
    await all;
    expect(values).to.deep.equal(["one", "two"]);
    stuck.resolve();
  });

  it("is known to be up while it answers", async () => {
    await connection.admin((admin) => admin.listTopics());
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => (connection.health().up ? resolve() : void setImmediate(look));
    look();
    await promise;
    expect(connection.health()).to.deep.equal({ dependency: "kafka", up: true, reason: undefined });
  });
});
