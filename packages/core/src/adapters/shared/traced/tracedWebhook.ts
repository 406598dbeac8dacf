import type { Tracing } from "../../../ports/tracing.ts";
import type { WebhookSender } from "../../../ports/webhookSender.ts";
import { TRACEPARENT, takeTraceparent } from "../../../shared/traceparent.ts";
import { spanned } from "./spanned.ts";

/** Traces the delivery of each notification that was stored with a span. */
export function tracedWebhook(webhook: WebhookSender, tracing: Tracing): WebhookSender {
  return {
    ...webhook,
    send(notification) {
      const { messageId, body } = notification;
      const { traceparent: parent, payload } = takeTraceparent(body);
      const span =
        parent === undefined
          ? undefined
          : tracing.start({
              ...{ name: "deliver notification", kind: "client", parent },
              attributes: { "http.request.method": "POST", "messaging.message.id": messageId },
            });
      if (!span) return webhook.send(notification);
      const traced = { messageId, body: { ...payload, [TRACEPARENT]: span.traceparent } };
      return spanned(tracing, span, () => webhook.send(traced));
    },
  };
}
