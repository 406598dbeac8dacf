import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { expireHold } from "./expireHold.ts";

/**
 * How many holds one transaction ends. The number is small, so that no buyer waits long for a
 * locked row.
 */
export const EXPIRY_BATCH_MAX = 50;

/**
 * Ends overdue holds, oldest first. Several reapers may run at the same time.
 * @returns the number of holds that ended. When it equals the maximum, more may be overdue
 */
export async function releaseExpiredHolds(
  core: CoreContext,
  { max = EXPIRY_BATCH_MAX }: { max?: number } = {},
): Promise<number> {
  const ended = await core.withTransaction((tx) => expireOverdueHolds(core, tx, max));
  if (ended > 0) core.metrics.count("holds_expired_total", {}, ended);
  return ended;
}

/**
 * Ends overdue holds within the caller's transaction, oldest first. Leaves out holds that another
 * transaction has locked.
 * @returns the number of holds that ended
 */
export async function expireOverdueHolds(core: CoreContext, tx: Tx, max: number): Promise<number> {
  const overdue = await core.reservations.lockOverdue(tx, max);
  let count = 0;
  for (const id of overdue) if (await expireHold(core, tx, id)) count += 1;
  return count;
}
