import { mailbox } from "@onsale/conformance/mailbox";
import { openKafka } from "../../src/adapters/kafka/connection.ts";
import { kafkaConsumers } from "../../src/adapters/kafka/consumers.ts";
import type { ReceivedMessage } from "../../src/ports/consumer.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { recordingLog } from "./recorders.ts";
import { configOf, type TestStack } from "./testStack.ts";

export interface TopicListener {
  /** All messages received so far, in order for each key. */
  readonly messages: readonly ReceivedMessage[];
  /** Resolves when the condition is true. The time limit of the test ends the wait. */
  until(holds: (messages: readonly ReceivedMessage[]) => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Reads topics of the test from their beginning, in a consumer group of its own. */
export async function listenTo(
  stack: TestStack,
  kinds: readonly string[],
  overrides: Record<string, string> = {},
): Promise<TopicListener> {
  const { kafka } = configOf(stack, overrides);
  const connection = openKafka(kafka, systemClock, recordingLog());
  const box = mailbox();
  const consumer = await kafkaConsumers(connection).run({
    consumer: "listener",
    topics: kinds.map((kind) => `${kafka.topicPrefix}${kind}`),
    handle: box.take,
  });
  return {
    messages: box.messages,
    until: (holds) => box.until(() => holds(box.messages)),
    async stop() {
      await consumer.stop();
      await connection.close();
    },
  };
}
