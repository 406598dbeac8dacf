import type { LogRecord } from "./partitionLog.ts";

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** The position of a group in a partition: the offset of the next message to read. */
export interface PartitionOffset extends TopicPartition {
  readonly offset: number;
}

/** Messages of one partition, in order, from the group's position. */
export interface PartitionBatch extends TopicPartition {
  /** Number of messages after the group's position that are no longer kept. */
  readonly lostCount: number;
  readonly records: readonly LogRecord[];
}

/** The partition's name, for map keys. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
