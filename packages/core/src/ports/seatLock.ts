/** Held seat locks; `release` never throws, for a lock that is gone is released too. */
export interface SeatLockLease {
  release(): Promise<void>;
}

/**
 * Sheds the losers of a hot seat before they reach the database. It never decides who gets the
 * seat.
 */
export interface SeatLock {
  /**
   * One try, no waiting.
   * @param seatIds sorted ascending
   * @returns `undefined` when another buyer is at one of these seats; a lease that locks nothing
   *   when the lock server is away, because then the database alone decides
   */
  tryAcquire(seatIds: readonly number[]): Promise<SeatLockLease | undefined>;
}
