/** Acquired seat locks. `release` never throws: a lock that was lost counts as released. */
export interface SeatLockLease {
  release(): Promise<void>;
}

/**
 * Refuses the losers of a contested seat before they reach MySQL. MySQL alone decides which buyer
 * gets the seat.
 */
export interface SeatLock {
  /**
   * One try, no waiting.
   * @param seatIds sorted ascending
   * @returns `undefined` when another buyer has the lock of one of these seats; a lease that locks
   *   nothing while Redis does not answer
   */
  tryAcquire(seatIds: readonly number[]): Promise<SeatLockLease | undefined>;
}
