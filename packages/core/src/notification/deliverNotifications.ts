import type { CoreContext } from "../ports/coreContext.ts";
import type { Notification } from "../ports/notificationStore.ts";
import { backoffMs } from "../shared/random.ts";

/**
 * Maximum number of notifications that are posted at the same time. Even a small platform can
 * serve this number.
 */
export const DELIVERY_BATCH_MAX = 50;
/**
 * With growing pauses, sixty attempts take about a day, which gives operators time to repair the
 * platform.
 */
const ATTEMPTS_MAX = 60;
const RETRY_BASE_MS = 2_000;
const RETRY_CEILING_MS = 60 * 60 * 1000;
/**
 * Added to the time limit of the webhook sender, so that no other process takes a row before its
 * post has ended.
 */
const HIDDEN_SLACK_MS = 10_000;

/** No notification waits longer than this for the end of a running post. */
export const hiddenMsOf = ({ config }: Pick<CoreContext, "config">): number =>
  config.webhook.timeoutMs + HIDDEN_SLACK_MS;

type Core = Pick<
  CoreContext,
  | "withTransaction"
  | "notifications"
  | "webhook"
  | "config"
  | "clock"
  | "random"
  | "metrics"
  | "log"
>;

/**
 * Posts the notifications that are due, each of them at least once. A short transaction takes the
 * rows. While the posts wait for the platform, no transaction is open.
 * @returns true when more notifications may be due
 */
export async function deliverNotifications(core: Core): Promise<boolean> {
  const hiddenMs = hiddenMsOf(core);
  const due = await core.withTransaction((tx) =>
    core.notifications.takeDue(tx, DELIVERY_BATCH_MAX, hiddenMs),
  );
  if (due.length === 0) return false;
  const startedMs = core.clock.monotonicMs();
  const results = await Promise.allSettled(
    due.map((notification) => core.webhook.send(notification)),
  );
  core.metrics.observe(
    "notification_batch_seconds",
    {},
    (core.clock.monotonicMs() - startedMs) / 1000,
  );

  const delivered = due.filter((_notification, index) => results[index]?.status === "fulfilled");
  await core.notifications.markDelivered(
    null,
    delivered.map(({ id }) => id),
  );
  core.metrics.count("notifications_total", { outcome: "delivered" }, delivered.length);
  for (const [index, result] of results.entries()) {
    const notification = due[index];
    if (notification && result.status === "rejected") {
      await markFailed(core, notification, result.reason);
    }
  }
  return due.length === DELIVERY_BATCH_MAX;
}

async function markFailed(core: Core, notification: Notification, reason: unknown): Promise<void> {
  const attempts = notification.attempts + 1;
  const dead = attempts >= ATTEMPTS_MAX;
  const error = lineOf(reason);
  await core.notifications.markFailed(null, notification.id, {
    error,
    retryInMs: backoffMs(core.random, attempts, RETRY_BASE_MS, RETRY_CEILING_MS),
    dead,
  });
  core.metrics.count("notifications_total", { outcome: dead ? "dead" : "retry" });
  const fields = { messageId: notification.messageId, attempts, error };
  if (dead) {
    core.log.error(
      { event: "notification.given_up", ...fields },
      "A notification was given up after its last attempt; the receiver never accepted it",
    );
  } else {
    core.log.warn(
      { event: "notification.delivery_failed", ...fields },
      "A notification was not accepted; the worker tries again later",
    );
  }
}

/** The message of a `fetch` error is only "fetch failed". The reason is in the error's cause. */
function lineOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  return reason.cause instanceof Error
    ? `${reason.message}: ${reason.cause.message}`
    : reason.message;
}
