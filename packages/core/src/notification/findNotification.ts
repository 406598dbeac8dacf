import type { CoreContext } from "../ports/coreContext.ts";
import type { DeliveryRecord, NotificationRecord } from "../ports/deliveryLog.ts";
import { CoreError } from "../shared/errors.ts";

/** Maximum number of attempts that are shown: more than the worker makes before it gives up. */
const DELIVERIES_MAX = 200;

/** No notification has this message id. */
export class NotificationNotFoundError extends CoreError {
  readonly code = "NOTIFICATION_NOT_FOUND";
  constructor(messageId: string) {
    super(`There is no notification of message ${messageId}; list them to find the id`, {
      messageId,
    });
  }
}

/** A notification with its attempts, oldest first. */
export interface NotificationWithDeliveries {
  readonly notification: NotificationRecord;
  readonly deliveries: readonly DeliveryRecord[];
}

/**
 * Reads a notification and the log of its deliveries.
 * @throws NotificationNotFoundError
 */
export async function findNotification(
  core: Pick<CoreContext, "deliveryLog">,
  messageId: string,
): Promise<NotificationWithDeliveries> {
  const [notification] = await core.deliveryLog.list(null, { messageId }, { max: 1 });
  if (!notification) throw new NotificationNotFoundError(messageId);
  const deliveries = await core.deliveryLog.deliveries(null, notification.id, DELIVERIES_MAX);
  return { notification, deliveries };
}
