import type { Consumers, ReceivedMessage } from "../../../ports/consumer.ts";
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
          spans.get(messageId)?.failAs(reason);
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
    "messaging.operation.name": "send",
    "messaging.operation.type": "send",
    "messaging.destination.name": topic,
    "messaging.message.id": messageId,
  };
  return tracing.start({ name: `send ${topic}`, kind: "producer", parent, attributes });
}

/** Traces each message that has a span in its headers, while a consumer applies it. */
export function tracedConsumers(consumers: Consumers, tracing: Tracing): Consumers {
  return {
    run(subscription) {
      const { consumer, handle, handleGroup } = subscription;
      const start = (message: ReceivedMessage) => startProcessing(tracing, consumer, message);
      return consumers.run({
        ...subscription,
        handle(message) {
          const span = start(message);
          return span ? spanned(tracing, span, () => handle(message)) : handle(message);
        },
        ...(handleGroup && {
          handleGroup: (messages) => groupSpanned(messages.map(start), () => handleGroup(messages)),
        }),
      });
    },
  };
}

/** Ends the spans of the messages with the work of their group. */
async function groupSpanned(
  spans: readonly (Span | undefined)[],
  work: () => Promise<boolean>,
): Promise<boolean> {
  try {
    const isApplied = await work();
    // Each message gets another span while it is applied alone.
    if (!isApplied) for (const span of spans) span?.set({ "error.type": "not_together" });
    return isApplied;
  } catch (error) {
    for (const span of spans) span?.fail(error);
    throw error;
  } finally {
    for (const span of spans) span?.end();
  }
}

function startProcessing(
  tracing: Tracing,
  consumer: string,
  { headers, topic, partition, messageId }: ReceivedMessage,
): Span | undefined {
  const parent = headers[TRACEPARENT];
  if (parent === undefined) return undefined;
  return tracing.start({
    ...{ name: `process ${topic}`, kind: "consumer", parent },
    attributes: {
      "messaging.system": "kafka",
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.destination.name": topic,
      "messaging.destination.partition.id": String(partition),
      "messaging.consumer.group.name": consumer,
      "messaging.message.id": messageId,
    },
  });
}
