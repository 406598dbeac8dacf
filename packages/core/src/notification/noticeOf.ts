import type { Envelope } from "../outbox/envelope.ts";

/** The notice as the external platform gets it; `text` alone is what a chat shows. */
export function noticeOf(envelope: Envelope): Readonly<Record<string, unknown>> {
  const { messageId, type, aggregateId, aggregateVersion, occurredAt, payload } = envelope;
  return {
    messageId,
    type,
    aggregateId,
    aggregateVersion,
    occurredAt,
    payload,
    text: `${type.replace(".", " ")}: no. ${aggregateId}, user ${String(payload.userId ?? "?")}`,
  };
}
