import { holdBoundMsOf } from "../invariants/checkInvariants.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { secondsText } from "../shared/secondsText.ts";
import { type Finding, finding } from "./findingList.ts";

/** Findings about holds that should have ended. */
export async function holdFindings(core: CoreContext): Promise<readonly Finding[]> {
  const overdueMs = holdBoundMsOf(core);
  const count = await core.reservations.countOverdue(null, overdueMs);
  if (count === 0) return [];
  const message = `${count} holds expired more than ${secondsText(overdueMs)} ago`;
  return [finding("HOLDS_OVERDUE", "holds", message)];
}
