/** How far a consumer group is behind in one partition. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the next message that the group reads; undefined before its first commit. */
  readonly committedOffset: number | undefined;
  /** Offset that the next message of the partition gets. */
  readonly endOffset: number;
  /** Stored messages that the group has not committed. */
  readonly lag: number;
  /** Those of them that are old, see `read`. */
  readonly oldLag: number;
}

/** How far a consumer group is behind. */
export interface ConsumerLag {
  readonly group: string;
  readonly partitions: readonly PartitionLag[];
  /** Topics that do not exist. */
  readonly missingTopics: readonly string[];
}

export interface ConsumerLagReader {
  /**
   * Reads the lag of a consumer of this installation, within a few seconds.
   * @param oldAfterMs a message counts as old when it was published at least this long ago
   * @throws DependencyUnavailableError when the broker does not answer in time
   */
  read(consumer: string, topics: readonly string[], oldAfterMs: number): Promise<ConsumerLag>;
}
