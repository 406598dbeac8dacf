/** The times of the locks of Redlock. */
export interface SeatLockOptions {
  /** Lifetime of a lock that is not released, ms. */
  readonly ttlMs: number;
  /**
   * Time that the work behind the lock needs, ms. A lock that would expire before the work ends is
   * not granted. Default: half of `ttlMs`.
   */
  readonly workBudgetMs?: number | undefined;
}
