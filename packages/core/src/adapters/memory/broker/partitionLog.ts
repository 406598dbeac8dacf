/** A stored message. */
export interface LogRecord {
  /** Counts from 0 within its partition; never reused. */
  readonly offset: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
}

/** Limits of one partition. */
export interface LogLimits {
  /** Bytes of messages that every group has committed, kept for readers that start later. */
  readonly retainedBytesMax: number;
  /** Bytes of all messages; above it the oldest are dropped, read or not. */
  readonly bytesMax: number;
}

/** The messages of one partition; only the oldest are ever removed. */
export interface PartitionLog {
  /** Offset of the oldest message that is kept. */
  readonly startOffset: number;
  /** The offset that the next message gets. */
  readonly endOffset: number;
  append(message: Omit<LogRecord, "offset">): void;
  /** Messages in order from the offset, or from the oldest kept; at most `countMax`. */
  read(fromOffset: number, countMax: number): readonly LogRecord[];
  /**
   * Drops messages until the log is within its limits.
   * @param committedOffset every group has committed the messages below it; called when needed
   */
  trim(committedOffset: () => number): void;
}

/** An empty log. */
export function partitionLog(limits: LogLimits): PartitionLog {
  // A map by offset: deleting its oldest entry moves no others.
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
