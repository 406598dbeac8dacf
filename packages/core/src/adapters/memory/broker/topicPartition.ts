import type { LogRecord } from "./partitionLog.ts";

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A group's position in a partition: the offset of the next message that the group reads. */
export interface PartitionOffset extends TopicPartition {
  readonly offset: number;
}

/** Messages of one partition, in order, from the group's position. */
export interface PartitionBatch extends TopicPartition {
  /** Number of messages after the group's position that the broker has already deleted. */
  readonly lostCount: number;
  readonly records: readonly LogRecord[];
}

/** The partition's name, for map keys. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
