import type { Clock } from "../../shared/clock.ts";
import type { SelectFromSnapshot } from "./consistentSnapshot.ts";

/**
 * Leaves time for others between the pages of a snapshot: reading a page and judging it takes at
 * most `share` of the time. A pause is as long as the work before it requires, so the share is the
 * same on slow and on fast machines.
 * @param share more than 0 and at most 1; 1 never pauses
 */
export function pacedReads(
  select: SelectFromSnapshot,
  clock: Clock,
  share: number,
): SelectFromSnapshot {
  if (share >= 1) return select;
  let workedSinceMs = clock.monotonicMs();
  return async (sql, values) => {
    const workedMs = clock.monotonicMs() - workedSinceMs;
    await clock.sleep(workedMs * (1 / share - 1));
    workedSinceMs = clock.monotonicMs();
    return select(sql, values);
  };
}
