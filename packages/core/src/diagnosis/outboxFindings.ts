import type { CoreContext } from "../ports/coreContext.ts";
import { type Finding, finding } from "./findingList.ts";

/** The relay publishes within a second; the alarm comes long before a consumer misses it. */
const OLDEST_MS_MAX = 30_000;

/** Findings about the outbox. */
export async function outboxFindings(core: CoreContext): Promise<readonly Finding[]> {
  const { pending, dead, oldestPendingAgeMs } = await core.outbox.counts(null);
  const found: Finding[] = [];
  if (oldestPendingAgeMs > OLDEST_MS_MAX) {
    const age = Math.round(oldestPendingAgeMs / 1000);
    const message = `the oldest of ${pending} unpublished messages is ${age} s old`;
    found.push(finding("OUTBOX_OLD", "outbox", message));
  }
  if (dead > 0) {
    const message = `${dead} outbox messages are DEAD and block later messages of their aggregates`;
    found.push(finding("DEAD_MESSAGES", "outbox", message));
  }
  return found;
}
