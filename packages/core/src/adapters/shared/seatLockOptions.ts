/** How Redlock's locks live, on whatever server. */
export interface SeatLockOptions {
  /** How long a lock lives when nobody releases it. */
  readonly ttlMs: number;
  /**
   * What the work behind the lock needs; a lock with less left is worth nothing. Default: half of
   * it.
   */
  readonly workBudgetMs?: number | undefined;
}
