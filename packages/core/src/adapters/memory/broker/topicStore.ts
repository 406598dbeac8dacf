import type { PublishedMessage } from "../../../ports/publisher.ts";
import { fnv1a } from "../../../shared/fnv1a.ts";
import { type LogLimits, type PartitionLog, partitionLog } from "./partitionLog.ts";
import type { TopicPartition } from "./topicPartition.ts";

/** A record batch's header and what surrounds a record in it, rounded up. */
const FRAMING_BYTES = 90;

/** Topics come into being when they are first named. */
export interface TopicStore {
  /** Puts the message behind all others of its partition, which its key decides. */
  append(message: PublishedMessage): TopicPartition;
  logOf(place: TopicPartition): PartitionLog;
  /** Of all topics, in no order. */
  all(): readonly PartitionLog[];
}

/** No topics yet. */
export function topicStore(partitions: number, limits: LogLimits): TopicStore {
  const topics = new Map<string, readonly PartitionLog[]>();

  function logOf({ topic, partition }: TopicPartition): PartitionLog {
    let logs = topics.get(topic);
    if (!logs) {
      logs = Array.from({ length: partitions }, () => partitionLog(limits));
      topics.set(topic, logs);
    }
    const log = logs[partition];
    if (!log) throw new RangeError(`Topic ${topic} has no partition ${partition}`);
    return log;
  }

  return {
    append(message) {
      const { topic, key, value, headers } = message;
      const place = { topic, partition: fnv1a(key) % partitions };
      logOf(place).append({ key, value, headers: { ...headers }, bytes: bytesOf(message) });
      return place;
    },
    logOf,
    all: () => [...topics.values()].flat(),
  };
}

/** What the message takes in a log. */
export function bytesOf({ key, value, headers }: PublishedMessage): number {
  const texts = [key, value, ...Object.entries(headers).flat()];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), FRAMING_BYTES);
}
