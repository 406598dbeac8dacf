import type { Consumers } from "../../../ports/consumer.ts";
import type { PublishedMessage, Publisher } from "../../../ports/publisher.ts";
import type { Span, Tracing } from "../../../ports/tracing.ts";
import { TRACEPARENT } from "../../../shared/traceparent.ts";
import { spanned } from "./spanned.ts";

/**
 * Traces the publication of each message that has a span in its headers. The consumer's span is a
 * child of the publication, so the header names the publication afterwards.
 */
export function tracedPublisher(publisher: Publisher, tracing: Tracing): Publisher {
  return {
    async publish(messages) {
      const spans = new Map<string, Span>();
      const traced = messages.map((message) => {
        const span = startPublication(tracing, message);
        if (!span) return message;
        spans.set(message.messageId, span);
        const headers = { ...message.headers, [TRACEPARENT]: span.traceparent };
        return { ...message, headers };
      });
      if (spans.size === 0) return publisher.publish(messages);
      try {
        const failures = await publisher.publish(traced);
        for (const { messageId, reason } of failures) {
          spans.get(messageId)?.set({ "error.type": reason });
        }
        return failures;
      } catch (error) {
        for (const span of spans.values()) span.fail(error);
        throw error;
      } finally {
        for (const span of spans.values()) span.end();
      }
    },
  };
}

function startPublication(tracing: Tracing, message: PublishedMessage): Span | undefined {
  const { topic, messageId, headers } = message;
  const parent = headers[TRACEPARENT];
  if (parent === undefined) return undefined;
  const attributes = {
    "messaging.system": "kafka",
    "messaging.operation.type": "send",
    "messaging.destination.name": topic,
    "messaging.message.id": messageId,
  };
  return tracing.start({ name: `send ${topic}`, kind: "producer", parent, attributes });
}

/** Traces each message that has a span in its headers, while a consumer applies it. */
export function tracedConsumers(consumers: Consumers, tracing: Tracing): Consumers {
  return {
    run: (subscription) =>
      consumers.run({
        ...subscription,
        handle(message) {
          const parent = message.headers[TRACEPARENT];
          const { topic, partition, messageId } = message;
          const span =
            parent === undefined
              ? undefined
              : tracing.start({
                  ...{ name: `process ${topic}`, kind: "consumer", parent },
                  attributes: {
                    "messaging.system": "kafka",
                    "messaging.operation.type": "process",
                    "messaging.destination.name": topic,
                    "messaging.destination.partition.id": String(partition),
                    "messaging.consumer.group.name": subscription.consumer,
                    "messaging.message.id": messageId,
                  },
                });
          if (!span) return subscription.handle(message);
          return spanned(tracing, span, () => subscription.handle(message));
        },
      }),
  };
}
