import type { SeatLockLease } from "../../../ports/seatLock.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Ids } from "../../../shared/ids.ts";
import { openLease } from "../noSeatLock.ts";
import type { SeatLockOptions } from "../seatLockOptions.ts";
import type { LockTable } from "./lockTable.ts";

/** The parts of core that the seat locks need. */
export interface SeatLockPorts {
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Tries once to lock the seats. Returns `undefined` when another buyer has locked one of them. */
export type Attempt = (seatIds: readonly number[]) => Promise<SeatLockLease | undefined>;

/**
 * Makes the attempt that all strategies over a lock table share. A slow server can grant a lock
 * that has almost expired, so a lock whose remaining life is too short for the work is refused.
 * After a lost answer the attempt releases what the server may have locked, and the buyer continues
 * without a lock.
 */
export function attemptOn(
  table: LockTable,
  { clock, ids }: SeatLockPorts,
  { ttlMs, workBudgetMs = ttlMs / 2 }: SeatLockOptions,
): Attempt {
  return async (seatIds) => {
    const seats = [...new Set(seatIds)];
    const token = ids.uuid();
    const release = (): Promise<void> => table.giveBack(seats, token);
    const askedMs = clock.monotonicMs();
    const answer = await table.take(seats, token);
    if (answer === "refused") return undefined;
    const remainingMs = ttlMs - (clock.monotonicMs() - askedMs);
    if (answer === "taken" && remainingMs > workBudgetMs) return { release };
    await release();
    return answer === "lost" ? openLease : undefined;
  };
}
