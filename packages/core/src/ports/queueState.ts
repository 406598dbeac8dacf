import type { QueueRecord } from "./admissionStore.ts";
import type { PromotionResult } from "./queueStore.ts";

/** A queue as the process read it last: `record` is undefined for a queue that does not exist. */
export interface KnownQueue {
  readonly record: QueueRecord | undefined;
}

/** The queues that a process has read from MySQL, for some seconds each. */
export interface KnownQueues {
  /** Undefined when the queue was never read, or too long ago. */
  fresh(queueId: string): KnownQueue | undefined;
  /**
   * Reads the queue, once for all callers of one moment. While `read` fails, the last known record
   * is the answer.
   */
  load(
    queueId: string,
    read: () => Promise<QueueRecord | undefined>,
  ): Promise<KnownQueue | undefined>;
  /** Makes the next caller read the queue, also when a read is under way. */
  forget(queueId: string): void;
}

/** Admissions and ends that left the Redis state together and go to MySQL together. */
export type PromotionBatch = Pick<PromotionResult, "promoted" | "ended" | "journal" | "generation">;

/**
 * The state of the queues that one process keeps between calls. It is created with the core and is
 * lost with the process: then MySQL is read again, and Redis hands an unrecorded batch to another
 * process.
 */
export interface QueueState {
  readonly known: KnownQueues;
  /** Rebuilds under way, by queue. */
  readonly rebuilds: Map<string, Promise<void>>;
  /** For each queue, the one batch that was promoted and is not recorded in MySQL yet. */
  readonly unrecorded: Map<string, PromotionBatch>;
}
