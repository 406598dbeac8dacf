import type { LogRecord } from "./partitionLog.ts";

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A group's place in a partition: the next offset that it wants. */
export interface PartitionOffset extends TopicPartition {
  readonly offset: number;
}

/** Messages of one partition, in order, from the group's place on. */
export interface PartitionBatch extends TopicPartition {
  /** How many between the group's place and the first of these are no longer kept. */
  readonly lostCount: number;
  readonly records: readonly LogRecord[];
}

/** A partition's name: the key of maps. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
