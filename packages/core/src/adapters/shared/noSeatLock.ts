import type { SeatLock, SeatLockLease } from "../../ports/seatLock.ts";

/** A lease that locks nothing: the database alone decides. */
export const openLease: SeatLockLease = { release: () => Promise.resolve() };

/** The strategy "conditional": no lock in front of the conditional UPDATE. */
export function noSeatLock(): SeatLock {
  return { tryAcquire: () => Promise.resolve(openLease) };
}
