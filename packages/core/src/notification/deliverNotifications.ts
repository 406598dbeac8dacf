import type { CoreContext } from "../ports/coreContext.ts";
import type { Delivery } from "../ports/deliveryLog.ts";
import type { Notification } from "../ports/notificationStore.ts";
import { backoffMs } from "../shared/random.ts";
import { DeliveryError, ReceiverPausedError } from "./errors.ts";

/*
 * Delivery of notifications
 *
 * Problem: the receiver of notifications is another company's server. It is slow, down for hours,
 * or refuses one notification forever, and must still get each of them, in an order that means
 * something, while the sale goes on.
 *
 * States of a notification: OWED -> DELIVERED when the receiver accepts it; OWED -> DEAD after the
 * last attempt. An operator can make an ended one OWED again (`operations/notification/repeat.ts`).
 *
 * The decision:
 * - A short transaction takes due notifications and hides them from other workers for the time of a
 *   post. No transaction is open during the posts.
 * - Of each reservation, only the first OWED notification can be taken. So a receiver gets the
 *   notifications of a reservation in the order of their rows. Different reservations do not wait
 *   for each other.
 * - A failure postpones the notification by a growing pause, or by `Retry-After` of the receiver,
 *   and with it those behind it. When it is delivered or given up, the next one is due at once.
 * - After several failures in a row that say that the receiver accepts nothing, the sender pauses
 *   (`capacity`), and then tests the receiver with one notification. During the pause no attempt is
 *   counted, so an outage uses up only a few of the attempts.
 * - Each attempt is written to the delivery log.
 *
 * Failures:
 * - A worker reports a failure after the hidden time: the mark changes nothing when another worker
 *   has taken the notification meanwhile, because that worker decides about the next attempt.
 * - The worker dies during a post: the notification is due again after the hidden time, and the
 *   receiver may get it twice. It has the same id.
 * - MySQL fails after a post: the same.
 *
 * Not promised: exactly one delivery; an order between a reservation and its payment when their
 * events are read from Kafka at different times; and the order after an operator's repetition.
 */

/**
 * Maximum number of notifications that are posted at the same time. Even a small receiver can
 * serve this number.
 */
export const DELIVERY_BATCH_MAX = 50;
/**
 * With growing pauses, sixty attempts take about a day, which gives operators time to repair the
 * receiver.
 */
const ATTEMPTS_MAX = 60;
const RETRY_BASE_MS = 2_000;
const RETRY_CEILING_MS = 60 * 60 * 1000;
/**
 * Added to the time limit of the webhook sender, so that no other process takes a row before its
 * post has ended.
 */
const HIDDEN_SLACK_MS = 10_000;
/** When a notification that was taken in vain is due again. */
const PAUSED_MS = 5_000;

/** No notification waits longer than this for the end of a running post. */
export const hiddenMsOf = ({ config }: Pick<CoreContext, "config">): number =>
  config.webhook.timeoutMs + HIDDEN_SLACK_MS;

type Core = Pick<
  CoreContext,
  | "withTransaction"
  | "notifications"
  | "deliveryLog"
  | "webhook"
  | "config"
  | "clock"
  | "random"
  | "metrics"
  | "log"
>;

/** The result of one post. */
interface Posted {
  readonly notification: Notification;
  readonly durationMs: number;
  /** Undefined when the receiver accepted the notification. */
  readonly failure: { readonly reason: unknown } | undefined;
}

/**
 * Posts the notifications that are due, each of them at least once.
 * @returns true when more notifications may be due
 */
export async function deliverNotifications(core: Core): Promise<boolean> {
  const max = Math.min(DELIVERY_BATCH_MAX, core.webhook.capacity());
  if (max === 0) return false;
  const due = await core.withTransaction((tx) =>
    core.notifications.takeDue(tx, max, hiddenMsOf(core)),
  );
  if (due.length === 0) return false;
  const startedMs = core.clock.monotonicMs();
  const posted = await Promise.all(due.map((notification) => post(core, notification)));
  const batchMs = core.clock.monotonicMs() - startedMs;
  core.metrics.observe("notification_batch_seconds", {}, batchMs / 1000);

  const delivered = posted.filter(({ failure }) => failure === undefined);
  await markDelivered(core, delivered);
  core.metrics.count("notifications_total", { outcome: "delivered" }, delivered.length);
  const unsent = posted.filter(isUnsent);
  const untouched = unsent.map(({ notification }) => notification);
  await core.notifications.postpone(null, untouched, PAUSED_MS);
  const attempted = posted.filter((one) => !isUnsent(one));
  for (const { notification, failure } of attempted) {
    if (failure) await markFailed(core, notification, failure.reason);
  }
  await core.deliveryLog.record(null, attempted.map(deliveryOf));
  const hasFollowers = delivered.some(({ notification }) => notification.reservationId);
  return due.length === DELIVERY_BATCH_MAX || hasFollowers;
}

async function post({ webhook, clock }: Core, notification: Notification): Promise<Posted> {
  const startedMs = clock.monotonicMs();
  const end = (failure: Posted["failure"]): Posted => {
    return { notification, durationMs: clock.monotonicMs() - startedMs, failure };
  };
  try {
    await webhook.send(notification);
    return end(undefined);
  } catch (reason) {
    return end({ reason });
  }
}

const idsOf = (posted: readonly Posted[]): number[] =>
  posted.map(({ notification }) => notification.id);

const isUnsent = ({ failure }: Posted): boolean => failure?.reason instanceof ReceiverPausedError;

function deliveryOf({ notification, durationMs, failure }: Posted): Delivery {
  const error = failure && lineOf(failure.reason);
  return { notificationId: notification.id, durationMs, error };
}

/** A notification that failed before can have others behind it that wait for its next attempt. */
async function markDelivered(core: Core, delivered: readonly Posted[]): Promise<void> {
  const reservationIds = delivered.flatMap(({ notification: { attempts, reservationId } }) =>
    attempts > 0 ? (reservationId ?? []) : [],
  );
  if (reservationIds.length === 0) {
    await core.notifications.markDelivered(null, idsOf(delivered));
    return;
  }
  await core.withTransaction(async (tx) => {
    await core.notifications.markDelivered(tx, idsOf(delivered));
    await core.notifications.resume(tx, reservationIds);
  });
}

async function markFailed(core: Core, notification: Notification, reason: unknown): Promise<void> {
  const attempts = notification.attempts + 1;
  const dead = attempts >= ATTEMPTS_MAX;
  const error = lineOf(reason);
  const asked = reason instanceof DeliveryError ? (reason.retryAfterMs ?? 0) : 0;
  const pauseMs = backoffMs(core.random, attempts, RETRY_BASE_MS, RETRY_CEILING_MS);
  const failure = { error, retryInMs: Math.max(pauseMs, asked), dead };
  const isMarked = dead
    ? await giveUp(core, notification, failure)
    : await core.notifications.markFailed(null, notification, failure);
  // The post took longer than the hidden time, and another worker decides about the next attempt.
  if (!isMarked) return;
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

function giveUp(
  core: Core,
  notification: Notification,
  failure: { readonly error: string; readonly retryInMs: number; readonly dead: boolean },
): Promise<boolean> {
  const { reservationId } = notification;
  return core.withTransaction(async (tx) => {
    const isMarked = await core.notifications.markFailed(tx, notification, failure);
    if (isMarked && reservationId !== undefined) {
      await core.notifications.resume(tx, [reservationId]);
    }
    return isMarked;
  });
}

/** The message of a `fetch` error is only "fetch failed". The reason is in the error's cause. */
function lineOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  return reason.cause instanceof Error
    ? `${reason.message}: ${reason.cause.message}`
    : reason.message;
}
