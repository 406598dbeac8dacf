import type { CoreContext } from "../ports/coreContext.ts";
import { expireHold } from "./expireHold.ts";

/** Holds ended by one transaction: short enough that no buyer waits long for its rows. */
export const EXPIRY_BATCH_MAX = 50;

/**
 * Ends overdue holds, oldest first; several reapers may run side by side.
 * @returns how many it ended; `max` means that there may be more
 */
export async function releaseExpiredHolds(
  core: CoreContext,
  { max = EXPIRY_BATCH_MAX }: { max?: number } = {},
): Promise<number> {
  const ended = await core.withTransaction(async (tx) => {
    const overdue = await core.reservations.lockOverdue(tx, max);
    let count = 0;
    for (const id of overdue) if (await expireHold(core, tx, id)) count += 1;
    return count;
  });
  if (ended > 0) core.metrics.count("holds_expired_total", {}, ended);
  return ended;
}
