import type { CoreContext } from "../ports/coreContext.ts";
import type { OutboxCounts } from "../ports/outboxStore.ts";

/**
 * Puts the outbox's state into gauges. The age of the oldest pending message is the one to alert
 * on: it grows for a broker that is down, a relay without progress and a slow query alike.
 */
export async function observeOutbox(
  core: Pick<CoreContext, "outbox" | "metrics">,
): Promise<OutboxCounts> {
  const counts = await core.outbox.counts(null);
  core.metrics.gauge("outbox_pending_messages", counts.pending);
  core.metrics.gauge("outbox_dead_messages", counts.dead);
  core.metrics.gauge("outbox_oldest_pending_seconds", counts.oldestPendingAgeMs / 1000);
  return counts;
}
