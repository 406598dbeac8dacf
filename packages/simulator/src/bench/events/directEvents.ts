import type { CoreContext } from "@onsale/core";

/** The messages that a workflow writes in its transaction. */
export type Messages = Parameters<CoreContext["outbox"]["append"]>[1];

/**
 * Returns a core that passes the messages of each transaction to the study instead of the outbox.
 * Only studies do this: the product has no setting for it.
 */
export function withoutOutbox(
  core: CoreContext,
  onAppend: (messages: Messages) => Promise<void>,
): CoreContext {
  return {
    ...core,
    outbox: { ...core.outbox, append: (_tx, messages) => onAppend(messages) },
  };
}

/** Publishes messages without the relay. */
export async function publishDirectly(core: CoreContext, messages: Messages): Promise<void> {
  const failures = await core.publisher.publish(
    messages.map((message) => ({
      messageId: message.messageId,
      topic: `${core.config.outbox.topicPrefix}${message.aggregateType}`,
      key: `${message.aggregateType}:${message.aggregateId}`,
      value: JSON.stringify(message),
      headers: {
        "message-id": message.messageId,
        "aggregate-version": String(message.aggregateVersion),
      },
    })),
  );
  if (failures.length > 0) throw new Error("the broker refused a message");
}
