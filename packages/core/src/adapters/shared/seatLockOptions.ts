/** The times of the seat locks. */
export interface SeatLockOptions {
  /** Lifetime of a lock that is not released, ms. */
  readonly ttlMs: number;
  /**
   * Time that the work behind the lock needs, ms. A lock that would expire before the work ends is
   * not granted. Default: half of `ttlMs`.
   */
  readonly workBudgetMs?: number | undefined;
}

/** The times of locks that a buyer may wait for. */
export interface WaitingLockOptions extends SeatLockOptions {
  /** Longest wait for a lock, ms. */
  readonly waitMs: number;
}
