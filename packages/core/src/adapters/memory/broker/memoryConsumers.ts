import type {
  ConsumerSubscription,
  Consumers,
  ReceivedMessage,
  RunningConsumer,
} from "../../../ports/consumer.ts";
import type { Logger } from "../../../ports/observability.ts";
import { backgroundLoop } from "../../../shared/backgroundLoop.ts";
import type { Clock } from "../../../shared/clock.ts";
import { applyInOrder, groupsOf, type Redelivery } from "../../shared/redelivery.ts";
import type { ServerLink } from "../serverLink.ts";
import { type GroupLink, groupLink } from "./groupLink.ts";
import type { MemoryBroker } from "./memoryBroker.ts";
import type { LogRecord } from "./partitionLog.ts";
import type { PartitionBatch, TopicPartition } from "./topicPartition.ts";

/** The heartbeat interval is that of the Kafka adapter. */
const HEARTBEAT_MS = 2_000;
const RESTART_MS = 1_000;

export interface MemoryConsumersOptions {
  readonly link: ServerLink;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * Pause between the requests of an idle consumer. Must be much shorter than the broker's
   * `sessionMs`.
   */
  readonly heartbeatMs?: number;
}

export interface MemoryConsumers extends Consumers {
  /** Stops the consumers that are still running. */
  close(): Promise<void>;
}

/**
 * The consumers of one process. As with Kafka, a consumer applies one message or group at a time
 * over all its partitions, commits once for each partition of a fetch, and sends heartbeats between
 * messages. A consumer sends no heartbeat while its handler runs, so a handler that takes longer
 * than `sessionMs` loses the consumer's partitions.
 */
export function memoryConsumers(
  broker: MemoryBroker,
  options: MemoryConsumersOptions,
): MemoryConsumers {
  const running: RunningConsumer[] = [];
  return {
    async run(subscription) {
      const consumer = consume(broker, subscription, options);
      running.push(consumer);
      return consumer;
    },
    async close() {
      await Promise.all(running.map((consumer) => consumer.stop()));
    },
  };
}

function consume(
  broker: MemoryBroker,
  subscription: ConsumerSubscription,
  { link, clock, log, heartbeatMs = HEARTBEAT_MS }: MemoryConsumersOptions,
): RunningConsumer {
  const { consumer, topics } = subscription;
  const group = groupLink({ broker, link, clock, heartbeatMs }, subscription, () => loop.nudge());
  const apply = applier(subscription, group, clock, log);

  const loop = backgroundLoop({
    name: `consumer:${consumer}`,
    clock,
    idleMs: heartbeatMs,
    failureMs: RESTART_MS,
    async runOnce(signal) {
      while (!signal.aborted) {
        if (!group.isMember) {
          await group.join();
          if (!group.isMember) return false;
          log.info({ event: "consumer.started", consumer, topics }, "A consumer joined its group");
        }
        const batches = await group.fetch();
        if (group.isMember && batches.length === 0) return false;
        for (const batch of batches) await apply(batch, signal);
      }
      return false;
    },
    onError(error) {
      log.warn(
        { event: "consumer.connection_lost", consumer, reason: String(error) },
        "A consumer lost its connection to the broker and joins again",
      );
    },
  });
  loop.start();

  async function stopAndLeave(): Promise<void> {
    await loop.stop();
    await group.leave().catch((error: unknown) => {
      // If leaving fails, the broker removes the member when the member's session expires.
      log.warn(
        { event: "consumer.leave_failed", consumer, reason: String(error) },
        "A consumer could not leave its group; its session expires by itself",
      );
    });
  }

  let stopped: Promise<void> | undefined;
  return {
    stop() {
      stopped ??= stopAndLeave();
      return stopped;
    },
  };
}

/**
 * Applies the messages of a batch in order. When the consumer stops or loses its membership within
 * the batch, the applier still commits the messages that were applied.
 */
function applier(subscription: ConsumerSubscription, group: GroupLink, clock: Clock, log: Logger) {
  const { consumer } = subscription;
  const redelivery: Redelivery = {
    clock,
    log,
    reasonOf: String,
    async keepsPlace() {
      await group.beat();
      return group.isMember;
    },
  };
  return async (batch: PartitionBatch, signal: AbortSignal): Promise<void> => {
    const { topic, partition, records, lostCount } = batch;
    if (lostCount > 0) {
      log.error(
        { event: "consumer.messages_lost", consumer, topic, partition, lostCount },
        "The broker dropped messages that this consumer had not read",
      );
    }
    let offset: number | undefined;
    for (const part of groupsOf(subscription, records)) {
      if (signal.aborted || !group.isMember) break;
      const messages = part.map((record) => received(batch, record));
      const applied = await applyInOrder(subscription, messages, signal, redelivery);
      const last = part[applied - 1];
      if (last) offset = last.offset + 1;
      if (applied < part.length) break;
      await group.beat();
    }
    if (offset !== undefined) await group.commit({ topic, partition, offset });
  };
}

function received({ topic, partition }: TopicPartition, record: LogRecord): ReceivedMessage {
  const { offset, key, value, headers } = record;
  return {
    messageId: headers["message-id"] ?? "",
    topic,
    partition,
    offset: String(offset),
    key,
    value,
    headers: { ...headers },
  };
}
