import type { QueueRecord } from "./admissionStore.ts";
import type { PromotionResult, QueueStats } from "./queueStore.ts";

/** The result of the last read of a queue. `record` is undefined when the queue does not exist. */
export interface KnownQueue {
  readonly record: QueueRecord | undefined;
}

/** Queues that the process has read from MySQL. A result stays fresh for some seconds. */
export interface KnownQueues {
  /** Returns undefined when the process has not read the queue, or has read it too long ago. */
  fresh(queueId: string): KnownQueue | undefined;
  /**
   * Reads the queue. Concurrent callers share one read. If `read` fails, returns the last known
   * record.
   */
  load(
    queueId: string,
    read: () => Promise<QueueRecord | undefined>,
  ): Promise<KnownQueue | undefined>;
  /** Makes the next caller read the queue again, even while a read is running. */
  forget(queueId: string): void;
}

/** Figures of queues that the process has read from Redis. They stay fresh for a second. */
export interface LatestStats {
  /**
   * Returns the fresh figures, or reads them. Concurrent callers share one read, and its error.
   */
  load(queueId: string, read: () => Promise<QueueStats>): Promise<QueueStats>;
}

/** Admissions and ends that one `promote` returned. MySQL records them in one transaction. */
export type PromotionBatch = Pick<PromotionResult, "promoted" | "ended" | "journal" | "generation">;

/**
 * The state of queues that one process keeps between calls. This state is created with the core and
 * is lost when the process ends. A new process reads MySQL again, and Redis returns an unrecorded
 * batch to another process.
 */
export interface QueueState {
  readonly known: KnownQueues;
  readonly latest: LatestStats;
  /** Rebuilds that are running, by queue. */
  readonly rebuilds: Map<string, Promise<void>>;
  /** For each queue, the one promoted batch that is not recorded in MySQL yet. */
  readonly unrecorded: Map<string, PromotionBatch>;
}
