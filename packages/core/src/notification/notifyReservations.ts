import { type ConsumingCore, consumeEvents } from "../outbox/consumeEvents.ts";
import type { RunningConsumer } from "../ports/consumer.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "./notifier.ts";
import { readNotification } from "./readNotification.ts";

/**
 * Runs the consumer that creates one notification for each event of a reservation and of a payment.
 * Another loop delivers the notifications, so that a slow receiver does not delay the consumer. The
 * post to the receiver is outside the consumer's transaction and can happen twice. It contains the
 * message id, so that the receiver can detect a repetition.
 */
export function notifyReservations(
  core: ConsumingCore & Pick<CoreContext, "notifications">,
): Promise<RunningConsumer> {
  return consumeEvents(core, {
    consumer: NOTIFIER,
    aggregates: NOTIFIED_AGGREGATES,
    read(value) {
      const read = readNotification(value);
      if ("problem" in read) return read;
      const { notification } = read;
      return { messageId: notification.messageId, effect: notification };
    },
    apply: (tx, notification) => core.notifications.insert(tx, notification),
  });
}
