import { z } from "zod";
import type { CoreConfig } from "../config/readConfig.ts";
import { eventSchema, type OnsaleEvent, problemOf } from "../events/eventCatalog.ts";
import type { OutboxMessage } from "../ports/outboxStore.ts";
import type { PublishedMessage } from "../ports/publisher.ts";
import { TRACEPARENT, takeTraceparent } from "../shared/traceparent.ts";
import { topicOf } from "./topics.ts";

/** The value of a Kafka message of any event type. Readers ignore fields that they do not know. */
export const envelopeSchema = z.object({
  messageId: z.uuid().describe("Id of the message; a repetition has the same id"),
  type: z.string().min(1).max(64).describe("Name of the event"),
  aggregateType: z.string().min(1).describe("What changed; also names the topic"),
  aggregateId: z.int().describe("Which reservation, payment or user's account changed"),
  aggregateVersion: z
    .int()
    .min(1)
    .describe("Counts the events of the aggregate from 1, without a gap"),
  occurredAt: z.iso
    .datetime()
    .describe("When the change was written, by the database's clock; ISO 8601, UTC"),
  payload: z.record(z.string(), z.unknown()).describe("The fields of the event"),
});

export type Envelope = Readonly<z.infer<typeof envelopeSchema>>;

/**
 * The headers of a Kafka message. Readers can use them to route a message without parsing its
 * value.
 */
export const headersSchema = z.object({
  "message-id": z.uuid().describe("`messageId` of the value"),
  type: z.string().describe("`type` of the value"),
  "aggregate-version": z.string().describe("`aggregateVersion` of the value, in decimal digits"),
  "created-at": z.iso.datetime().describe("`occurredAt` of the value"),
  [TRACEPARENT]: z
    .string()
    .optional()
    .describe(
      "The span that published the message, as W3C Trace Context; only in a traced request",
    ),
});

/**
 * Converts an outbox message to a Kafka message. The key is the aggregate, so that Kafka keeps the
 * order of the aggregate's events.
 */
export function toPublishedMessage(
  config: Pick<CoreConfig, "outbox">,
  message: OutboxMessage,
): PublishedMessage {
  const { messageId, type, aggregateType, aggregateId, aggregateVersion } = message;
  const { traceparent, payload } = takeTraceparent(message.payload);
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
  const headers = {
    "message-id": messageId,
    type,
    "aggregate-version": String(aggregateVersion),
    "created-at": occurredAt,
    ...(traceparent === undefined ? {} : { [TRACEPARENT]: traceparent }),
  } satisfies z.infer<typeof headersSchema>;
  return {
    messageId,
    topic: topicOf(config, aggregateType),
    key: `${aggregateType}:${aggregateId}`,
    value: JSON.stringify(envelope),
    headers,
  };
}

/**
 * Parses the value of a message.
 * @returns the envelope, or in `problem` the reason why the value is not an envelope
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
  const parsed = envelopeSchema.safeParse(json);
  if (parsed.success) return { envelope: parsed.data };
  return { problem: `the envelope is not understood (${problemOf(parsed.error)})` };
}

/**
 * Reads the event of an envelope that came from outside this process.
 * @returns the event, or in `problem` the reason why the event is not in the catalogue
 */
export function readEvent(
  envelope: Envelope,
): { readonly event: OnsaleEvent } | { readonly problem: string } {
  const parsed = eventSchema.safeParse(envelope);
  if (parsed.success) return { event: parsed.data };
  const { type } = envelope;
  const isKnown = eventSchema.options.some(({ shape }) => shape.type.value === type);
  if (!isKnown) return { problem: `the type ${type} is unknown` };
  return { problem: `an event of type ${type} has other fields (${problemOf(parsed.error)})` };
}
