import type { Transition } from "../outbox/appendMessages.ts";
import type { LedgerEntryKind, PostedEntry } from "../ports/ledgerStore.ts";
import type { Points } from "../shared/points.ts";

const EVENTS: Readonly<Record<LedgerEntryKind, string>> = {
  CHARGE: "point-account.charged",
  SPEND: "point-account.spent",
  REFUND: "point-account.refunded",
};

/** The news of one ledger entry. */
export function pointMessage(
  kind: LedgerEntryKind,
  userId: number,
  amount: Points,
  posted: PostedEntry,
): Transition {
  return {
    aggregateType: "point-account",
    aggregateId: userId,
    aggregateVersion: posted.accountVersion,
    type: EVENTS[kind],
    payload: { userId, amount, balanceAfter: posted.balanceAfter },
  };
}
