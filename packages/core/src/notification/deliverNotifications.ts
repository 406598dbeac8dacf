import type { CoreContext } from "../ports/coreContext.ts";
import type { Notification } from "../ports/notificationStore.ts";
import { backoffMs } from "../shared/random.ts";

/** Notices posted side by side: more would be unkind to the platform. */
export const DELIVERY_BATCH_MAX = 50;
/**
 * With growing pauses sixty tries last about a day, long enough for somebody to mend the platform.
 */
const ATTEMPTS_MAX = 60;
const RETRY_BASE_MS = 2_000;
const RETRY_CEILING_MS = 60 * 60 * 1000;
/** Beyond the sender's own time limit: a taken row must stay hidden until the notice was sent. */
const HIDDEN_SLACK_MS = 10_000;

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
 * Posts the notices that are due, at least once each. Short transactions take the due rows; none is
 * open while the platform answers.
 * @returns true when there may be more
 */
export async function deliverNotifications(core: Core): Promise<boolean> {
  const hiddenMs = core.config.webhook.timeoutMs + HIDDEN_SLACK_MS;
  const due = await core.withTransaction((tx) =>
    core.notifications.takeDue(tx, DELIVERY_BATCH_MAX, hiddenMs),
  );
  if (due.length === 0) return false;
  const startedMs = core.clock.monotonicMs();
  const results = await Promise.allSettled(due.map((notice) => core.webhook.send(notice)));
  core.metrics.observe("notification_batch_seconds", (core.clock.monotonicMs() - startedMs) / 1000);

  const delivered = due.filter((_notice, index) => results[index]?.status === "fulfilled");
  await core.notifications.markDelivered(
    null,
    delivered.map(({ id }) => id),
  );
  core.metrics.count("notifications_total", { outcome: "delivered" }, delivered.length);
  for (const [index, result] of results.entries()) {
    const notice = due[index];
    if (notice && result.status === "rejected") await noteFailure(core, notice, result.reason);
  }
  return due.length === DELIVERY_BATCH_MAX;
}

async function noteFailure(core: Core, notice: Notification, reason: unknown): Promise<void> {
  const attempts = notice.attempts + 1;
  const dead = attempts >= ATTEMPTS_MAX;
  const error = lineOf(reason);
  await core.notifications.markFailed(null, notice.id, {
    error,
    retryInMs: backoffMs(core.random, attempts, RETRY_BASE_MS, RETRY_CEILING_MS),
    dead,
  });
  core.metrics.count("notifications_total", { outcome: dead ? "dead" : "retry" });
  core.log[dead ? "error" : "warn"](
    { messageId: notice.messageId, attempts, error },
    dead ? "A notice is given up" : "A notice could not be delivered and will be tried again",
  );
}

/** fetch says "fetch failed" and hides the reason in the cause. */
function lineOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  return reason.cause instanceof Error
    ? `${reason.message}: ${reason.cause.message}`
    : reason.message;
}
