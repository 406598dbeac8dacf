/** A stored message. */
export interface LogRecord {
  /** Position of the message in its partition, counted from 0. The log never reuses an offset. */
  readonly offset: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  /** When the broker stored it, by the broker's monotonic clock. */
  readonly storedMs: number;
}

/** Limits of one partition. */
export interface LogLimits {
  /** Bytes of committed messages that the log keeps for consumer groups that start later. */
  readonly retainedBytesMax: number;
  /**
   * Bytes of all messages. Above this limit the log deletes its oldest messages, committed or not.
   */
  readonly bytesMax: number;
}

/** The messages of one partition. The log deletes only its oldest messages. */
export interface PartitionLog {
  /** Offset of the oldest message that the log still stores. */
  readonly startOffset: number;
  /** The offset that the next message gets. */
  readonly endOffset: number;
  append(message: Omit<LogRecord, "offset">): void;
  /**
   * Returns at most `countMax` messages in order, from the offset or from the oldest stored
   * message.
   */
  read(fromOffset: number, countMax: number): readonly LogRecord[];
  /**
   * Deletes the oldest messages until the log is within its limits.
   * @param committedOffset returns the lowest committed offset of all groups; called only when the
   *   result is needed
   */
  trim(committedOffset: () => number): void;
}

/** An empty log. */
export function partitionLog(limits: LogLimits): PartitionLog {
  // Uses a map by offset, because deleting its oldest entry does not move the other entries.
  const records = new Map<number, LogRecord>();
  let startOffset = 0;
  let endOffset = 0;
  let bytes = 0;

  function dropOldest(): void {
    bytes -= records.get(startOffset)?.bytes ?? 0;
    records.delete(startOffset);
    startOffset += 1;
  }

  return {
    get startOffset() {
      return startOffset;
    },
    get endOffset() {
      return endOffset;
    },
    append(message) {
      records.set(endOffset, { ...message, offset: endOffset });
      endOffset += 1;
      bytes += message.bytes;
    },
    read(fromOffset, countMax) {
      const read: LogRecord[] = [];
      for (let at = Math.max(fromOffset, startOffset); read.length < countMax; at += 1) {
        const record = records.get(at);
        if (!record) break;
        read.push(record);
      }
      return read;
    },
    trim(committedOffset) {
      if (bytes <= limits.retainedBytesMax) return;
      const committed = committedOffset();
      while (bytes > limits.retainedBytesMax && startOffset < committed) dropOldest();
      while (bytes > limits.bytesMax) dropOldest();
    },
  };
}
