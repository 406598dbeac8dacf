import type { CoreContext } from "../ports/coreContext.ts";
import type { Notification } from "../ports/notificationStore.ts";
import { backoffMs } from "../shared/random.ts";

/** Notices in one turn; the platform gets them side by side. */
export const DELIVERY_BATCH_MAX = 20;
/** About a day of tries at the ceiling; then an operator has to look. */
const ATTEMPTS_MAX = 150;
const BACKOFF_BASE_MS = 500;
const BACKOFF_CEILING_MS = 10 * 60 * 1000;
/** Beyond the webhook's own timeout, so that nobody sends what is still being sent. */
const HIDDEN_MARGIN_MS = 10_000;

/**
 * Delivers notices that are due. At least once: a sender that dies after the platform took a notice
 * leaves it to the next, and the platform tells the repetition by its message id.
 * @returns true when there may be more at once
 */
export async function deliverNotifications(core: CoreContext): Promise<boolean> {
  const hiddenMs = core.config.webhook.timeoutMs + HIDDEN_MARGIN_MS;
  const due = await core.withTransaction((tx) =>
    core.notifications.claimDue(tx, DELIVERY_BATCH_MAX, hiddenMs),
  );
  await Promise.all(due.map((notification) => deliver(core, notification)));
  return due.length === DELIVERY_BATCH_MAX;
}

async function deliver(core: CoreContext, notification: Notification): Promise<void> {
  const { id, messageId } = notification;
  try {
    await core.webhook.send(notification);
  } catch (error) {
    const attempts = notification.attempts + 1;
    const reason = error instanceof Error ? error.message : String(error);
    await core.notifications.markFailed(null, id, {
      error: reason,
      retryInMs: backoffMs(core.random, attempts, BACKOFF_BASE_MS, BACKOFF_CEILING_MS),
      dead: attempts >= ATTEMPTS_MAX,
    });
    core.metrics.count("notifications_total", { outcome: "failed" });
    core.log.warn({ messageId, attempts, reason }, "A notice was not taken and will be sent again");
    return;
  }
  await core.notifications.markDelivered(null, id);
  core.metrics.count("notifications_total", { outcome: "delivered" });
}
