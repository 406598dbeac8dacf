/** A message as the broker keeps it. */
export interface LogRecord {
  /** Counts from 0 within its partition; never used again. */
  readonly offset: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
}

/** How much one partition keeps. */
export interface LogLimits {
  /** Of what every group has committed (or no group wants), for those who begin to read later. */
  readonly retainedBytesMax: number;
  /** Of everything: beyond it the oldest go, whoever still wants them. */
  readonly bytesMax: number;
}

/** Append-only, but for its oldest end. */
export interface PartitionLog {
  /** The oldest that is still kept. */
  readonly startOffset: number;
  /** The offset that the next message gets. */
  readonly endOffset: number;
  append(message: Omit<LogRecord, "offset">): void;
  /** In order, from the offset on or from the oldest kept, `countMax` at most. */
  read(fromOffset: number, countMax: number): readonly LogRecord[];
  /**
   * Holds the log within its limits.
   * @param committedOffset what lies below it, every group has committed; asked only when needed
   */
  trim(committedOffset: () => number): void;
}

/** An empty log. */
export function partitionLog(limits: LogLimits): PartitionLog {
  // By offset: deleting the oldest of a Map moves nothing.
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
      const unwanted = committedOffset();
      while (bytes > limits.retainedBytesMax && startOffset < unwanted) dropOldest();
      while (bytes > limits.bytesMax) dropOldest();
    },
  };
}
