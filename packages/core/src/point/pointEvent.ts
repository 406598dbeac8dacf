import type { EventOf } from "../events/eventCatalog.ts";
import type { PostedEntry } from "../ports/ledgerStore.ts";
import type { Points } from "../shared/points.ts";

/** Makes the event of one ledger entry. */
export function pointEvent(
  type: EventOf<"point-account">["type"],
  userId: number,
  amount: Points,
  posted: PostedEntry,
): EventOf<"point-account"> {
  return {
    type,
    aggregateType: "point-account",
    aggregateId: userId,
    aggregateVersion: posted.accountVersion,
    payload: { userId, amount, balanceAfter: posted.balanceAfter },
  };
}
