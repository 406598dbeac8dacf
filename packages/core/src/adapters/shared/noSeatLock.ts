import type { SeatLock, SeatLockLease } from "../../ports/seatLock.ts";

/** A lease that locks nothing, so that only the database decides. */
export const openLease: SeatLockLease = { release: () => Promise.resolve() };

/** The strategy "conditional": no lock before the conditional UPDATE. */
export function noSeatLock(): SeatLock {
  return { tryAcquire: () => Promise.resolve(openLease) };
}
