import { z } from "zod";
import type { CoreConfig } from "../config/readConfig.ts";
import type { OutboxMessage } from "../ports/outboxStore.ts";
import type { PublishedMessage } from "../ports/publisher.ts";
import { topicOf } from "./topics.ts";

/** What stands in a message's value; readers ignore fields that they do not know. */
const schema = z.object({
  /** The same for every repetition. */
  messageId: z.uuid(),
  /** "reservation.held", "payment.captured", … */
  type: z.string().min(1).max(64),
  aggregateType: z.string().min(1),
  aggregateId: z.int(),
  /** Counts the aggregate's transitions from 1. */
  aggregateVersion: z.int().min(1),
  /** ISO 8601, UTC: when the transition was written, by the database's clock. */
  occurredAt: z.iso.datetime(),
  payload: z.record(z.string(), z.unknown()),
});

export type Envelope = Readonly<z.infer<typeof schema>>;

/**
 * The outbox message as it goes to the broker: keyed by its aggregate, so that its order is kept.
 */
export function toPublishedMessage(
  config: Pick<CoreConfig, "outbox">,
  message: OutboxMessage,
): PublishedMessage {
  const { messageId, type, aggregateType, aggregateId, aggregateVersion, payload } = message;
  const occurredAt = message.createdAt.toISOString();
  const envelope: Envelope = {
    messageId,
    type,
    aggregateType,
    aggregateId,
    aggregateVersion,
    occurredAt,
    payload,
  };
  return {
    messageId,
    topic: topicOf(config, aggregateType),
    key: `${aggregateType}:${aggregateId}`,
    value: JSON.stringify(envelope),
    headers: {
      "message-id": messageId,
      type,
      "aggregate-version": String(aggregateVersion),
      "created-at": occurredAt,
    },
  };
}

/**
 * Reads a message's value.
 * @returns the envelope, or in `problem` why it is none
 */
export function parseEnvelope(
  value: string,
): { readonly envelope: Envelope } | { readonly problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    return { problem: "the value is no JSON" };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { envelope: parsed.data };
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return { problem: `the envelope is not understood (${fields.join("; ")})` };
}
