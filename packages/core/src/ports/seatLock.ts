/** Acquired seat locks. `release` never throws, even when a lock was already lost. */
export interface SeatLockLease {
  release(): Promise<void>;
}

/**
 * Refuses most losers of a contested seat before they reach MySQL. Only MySQL decides which buyer
 * gets the seat.
 */
export interface SeatLock {
  /**
   * Locks all seats or none. The strategies spin and pubsub wait for at most SEAT_LOCK_WAIT_MS; the
   * others try once.
   * @param seatIds sorted ascending
   * @returns `undefined` when another buyer has locked one of these seats. While Redis does not
   *   answer, returns a lease that locks nothing
   */
  tryAcquire(seatIds: readonly number[]): Promise<SeatLockLease | undefined>;
}
