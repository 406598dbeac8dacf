import type { CoreContext } from "../ports/coreContext.ts";
import type { OutboxBacklog } from "../ports/outboxStore.ts";

/**
 * Writes the state of the outbox to gauges. Operators should set an alert on the age of the oldest
 * pending message: this age grows when the broker is down, when no relay makes progress, and when a
 * query is slow.
 */
export async function observeOutbox(
  core: Pick<CoreContext, "outbox" | "outboxAdmin" | "metrics">,
): Promise<OutboxBacklog> {
  const counts = await core.outbox.backlog(null);
  core.metrics.gauge("outbox_pending_messages", {}, counts.pending);
  core.metrics.gauge("outbox_dead_messages", {}, counts.dead);
  core.metrics.gauge("outbox_oldest_pending_seconds", {}, counts.oldestPendingAgeMs / 1000);
  core.metrics.gauge("outbox_blocked_messages", {}, await core.outboxAdmin.countBlocked(null));
  return counts;
}
