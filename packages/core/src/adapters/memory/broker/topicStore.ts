import type { PublishedMessage } from "../../../ports/publisher.ts";
import { fnv1a } from "../../../shared/fnv1a.ts";
import { type LogLimits, type PartitionLog, partitionLog } from "./partitionLog.ts";
import type { TopicPartition } from "./topicPartition.ts";

/** Size of a record batch's header plus the framing of a record, in bytes, rounded up. */
const FRAMING_BYTES = 90;

/** All topics. The store creates a topic at its first use. */
export interface TopicStore {
  /** Appends the message to the partition that its key selects. */
  append(message: PublishedMessage, storedMs: number): TopicPartition;
  logOf(place: TopicPartition): PartitionLog;
  /** The partitions of all topics, in no particular order. */
  all(): readonly PartitionLog[];
}

/** Creates a store without topics. */
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
    append(message, storedMs) {
      const { topic, key, value, headers } = message;
      const place = { topic, partition: fnv1a(key) % partitions };
      const bytes = bytesOf(message);
      logOf(place).append({ key, value, headers: { ...headers }, bytes, storedMs });
      return place;
    },
    logOf,
    all: () => [...topics.values()].flat(),
  };
}

/** Returns the number of bytes that the message takes in a log. */
export function bytesOf({ key, value, headers }: PublishedMessage): number {
  const texts = [key, value, ...Object.entries(headers).flat()];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), FRAMING_BYTES);
}
