import type { NotificationStore } from "../../../ports/notificationStore.ts";
import type { OutboxStore } from "../../../ports/outboxStore.ts";
import type { Tracing } from "../../../ports/tracing.ts";
import { TRACEPARENT } from "../../../shared/traceparent.ts";

/** Stores the active span with each message, so that the relay can continue the trace. */
export function tracedOutbox(outbox: OutboxStore, tracing: Tracing): OutboxStore {
  return {
    ...outbox,
    append(tx, messages) {
      const span = tracing.active();
      if (!span) return outbox.append(tx, messages);
      const { traceparent } = span;
      const traced = messages.map((message) => ({
        ...message,
        payload: { ...message.payload, [TRACEPARENT]: traceparent },
      }));
      return outbox.append(tx, traced);
    },
  };
}

/** Stores the active span with each notification, so that its delivery can continue the trace. */
export function tracedNotifications(
  notifications: NotificationStore,
  tracing: Tracing,
): NotificationStore {
  return {
    ...notifications,
    insert(tx, notification) {
      const span = tracing.active();
      if (!span) return notifications.insert(tx, notification);
      const body = { ...notification.body, [TRACEPARENT]: span.traceparent };
      return notifications.insert(tx, { ...notification, body });
    },
  };
}
