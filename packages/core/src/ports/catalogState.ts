import type { ListedSeat } from "./catalogStore.ts";

/** The seats of a performance, which never change after the performance was created. */
export interface Hall {
  /** All seats, free or not, ordered by seat id. */
  readonly seats: readonly ListedSeat[];
  /** Identifies the content: processes with the same seats have the same text. */
  readonly fingerprint: string;
}

/**
 * The parts of the catalog that one process keeps between calls, besides the copies of the cache.
 * This state is created with the core and is lost when the process ends.
 */
export interface CatalogState {
  /** Returns a hall that the process has read, or reads it. Concurrent callers share one read. */
  hall(performanceId: number, read: () => Promise<Hall>): Promise<Hall | undefined>;
  /**
   * Returns bytes that the process has encoded under this name, or encodes them.
   * @param name identifies the content: equal names, equal bytes
   */
  encoded(name: string, encode: () => Buffer): Buffer;
}
