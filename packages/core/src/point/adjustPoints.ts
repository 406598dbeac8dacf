import { appendMessages } from "../outbox/appendMessages.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { PostedEntry } from "../ports/ledgerStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { type Points, requireAmount } from "../shared/points.ts";
import { pointEvent } from "./pointEvent.ts";

export interface AdjustPointsInput {
  readonly userId: number;
  /** Points to add, or a negative number of points to take away. */
  readonly change: Points;
  /** The operator's job. One job posts one entry. */
  readonly jobId: string;
  /** The audit record that says who adjusts the account, and why. */
  readonly auditId: number;
}

/** The key of the entry that a job posts. */
export const adjustmentKeyOf = (jobId: string): string => `adjust:job:${jobId}`;

/**
 * Corrects a balance within the caller's transaction. An account that does not exist is opened by
 * an adjustment that adds points.
 * @returns undefined when the balance would be below zero or above `POINTS_MAX`. Nothing is changed
 *   in this case
 * @throws InvalidInputError unless the change is 1 to `AMOUNT_MAX` points, up or down
 */
export async function adjustPoints(
  core: CoreContext,
  tx: Tx,
  { userId, change, jobId, auditId }: AdjustPointsInput,
): Promise<PostedEntry | undefined> {
  const amount = requireAmount(Math.abs(change));
  const isCredit = change > 0;
  const posted = await core.ledger.post(tx, {
    ...{ userId, amount, entryKey: adjustmentKeyOf(jobId), adjustAudit: auditId },
    kind: isCredit ? "ADJUST_CREDIT" : "ADJUST_DEBIT",
  });
  if (!posted) return undefined;
  const type = isCredit ? "point-account.credited" : "point-account.debited";
  await appendMessages(core, tx, [pointEvent(type, userId, amount, posted)]);
  return posted;
}
