import type { CoreContext } from "../ports/coreContext.ts";
import type { LedgerEntry } from "../ports/ledgerStore.ts";
import type { Points } from "../shared/points.ts";

/** Returns the balance of a user. The balance is zero when the user has never charged points. */
export function balanceOf(core: CoreContext, { userId }: { userId: number }): Promise<Points> {
  return core.ledger.balanceOf(null, userId);
}

/** Returns a page of the user's ledger, newest entry first. */
export function pointHistory(
  core: CoreContext,
  input: { userId: number; beforeId?: number | undefined; limit: number },
): Promise<readonly LedgerEntry[]> {
  return core.ledger.entriesOf(null, input.userId, input);
}
