import { mailbox } from "@onsale/conformance/mailbox";
import { passingClock } from "@onsale/conformance/memory/passingClock";
import { expect } from "chai";
import { openKafka } from "../../src/adapters/kafka/connection.ts";
import { kafkaConsumers } from "../../src/adapters/kafka/consumers.ts";
import { kafkaLagReader } from "../../src/adapters/kafka/lagReader.ts";
import { lagFindings } from "../../src/diagnosis/lagFindings.ts";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "../../src/notification/notifier.ts";
import { topicOf } from "../../src/outbox/topics.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { recordingLog } from "../support/recorders.ts";
import { useTestCore } from "../support/testCore.ts";
import { configOf } from "../support/testStack.ts";

/** No consumer of this test is replaced. */
const CHECKS = { checkMs: 60_000, stallMs: 600_000 };

describe("a consumer on Kafka that hangs at its first message", () => {
  const current = useTestCore({}, { role: "all", checkInvariants: false });

  it("is found once the message is old, and not when it reads on", async () => {
    const { core, stack } = current();
    const log = recordingLog();
    const { kafka } = configOf(stack);
    const clock = passingClock();
    const consumerLag = kafkaLagReader(kafka, clock, log);
    const find = (sleep: () => Promise<void>) =>
      lagFindings({ ...core, consumerLag, clock: { ...clock, sleep } });
    const topic = topicOf(core.config, "payment");
    const message = (value: string) => ({
      ...{ messageId: core.ids.uuid(), topic, key: "k", value, headers: {} },
    });
    expect(await core.publisher.publish([message("one"), message("two")])).to.deep.equal([]);
    const connection = openKafka(kafka, systemClock, log);
    const box = mailbox();
    const hangs = Promise.withResolvers<void>();
    const goesOn = Promise.withResolvers<void>();
    const consumer = await kafkaConsumers(connection, CHECKS).run({
      consumer: NOTIFIER,
      topics: NOTIFIED_AGGREGATES.map((type) => topicOf(core.config, type)),
      async handle(received) {
        hangs.resolve();
        await goesOn.promise;
        await box.take(received);
      },
    });
    await hangs.promise;
    expect(await find(async () => {}), "the messages are young").to.deep.equal([]);
    clock.pass(61_000);
    const [found, ...others] = await find(async () => {});
    expect(others).to.deep.equal([]);
    expect(found).to.include({ code: "CONSUMER_LAG", runbook: "consumer-stalled" });
    expect(found?.message).to.match(
      /has not read 2 messages .* in 1 partitions, such as .*payment/,
    );
    const readOn = async () => {
      goesOn.resolve();
      await box.count(2);
      // A consumer commits at the latest when it stops.
      await consumer.stop();
    };
    expect(await find(readOn), "it reads during the pause").to.deep.equal([]);
    expect(await find(async () => {})).to.deep.equal([]);
    await connection.close();
  });
});
