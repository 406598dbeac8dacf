import type { CoreContext } from "../ports/coreContext.ts";
import { secondsText } from "../shared/secondsText.ts";
import { type Finding, finding } from "./findingList.ts";

/**
 * A receiver that answers gets a notification within seconds. After this time, five attempts have
 * failed.
 */
export const NOTIFICATION_MS_MAX = 60_000;

/** Findings about notifications that the receiver does not get. */
export async function notificationFindings(core: CoreContext): Promise<readonly Finding[]> {
  const { owed, oldestAgeMs, error } = await core.notifications.backlog(null);
  if (oldestAgeMs <= NOTIFICATION_MS_MAX) return [];
  const age = secondsText(oldestAgeMs);
  const reason = error === undefined ? "" : `; one failed: ${error}`;
  const message = `the oldest of ${owed} undelivered notifications is ${age} old${reason}`;
  return [finding("NOTIFICATIONS_OLD", "notifications", message)];
}

/** Findings about notifications that are late, and about those that were given up. */
export async function deliveryFindings(core: CoreContext): Promise<readonly Finding[]> {
  const late = await notificationFindings(core);
  const dead = await core.deliveryLog.countEnded(null, { status: "DEAD" });
  if (dead === 0) return late;
  const message = `${dead} notifications were given up after their last attempt`;
  return [...late, finding("NOTIFICATIONS_DEAD", "notifications", message)];
}
