import {
  type AggregateType,
  type EventType,
  envelopeSchema,
  eventSchema,
  NOTIFIED_AGGREGATES,
  notificationText,
  parseEnvelope,
  readEvent,
} from "@onsale/core/events";
import { z } from "zod";

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** An event of the catalogue with the parts that the generated documents show. */
export interface EventView {
  readonly type: EventType;
  readonly aggregateType: AggregateType;
  readonly meaning: string;
  /** The JSON Schema of the Kafka message's value. */
  readonly valueSchema: JsonSchema;
  readonly payloadSchema: JsonSchema;
  /** An example value that the schema accepts. */
  readonly example: Readonly<Record<string, unknown>>;
  /** The text of the notification; undefined for events that the notifier does not handle. */
  readonly text: string | undefined;
}

/** An example value for each payload field of the catalogue. */
const EXAMPLE_FIELDS: Readonly<Record<string, unknown>> = {
  reservationId: 5012,
  paymentId: 3307,
  performanceId: 12,
  userId: 840,
  amount: 30_000,
  seatIds: [118, 119],
  concertId: 4,
  title: "Winter Rush",
  singer: "The Locks",
  venue: "Olympic Hall",
  startsAt: "2026-12-24T19:30:00+09:00",
  timeZone: "Asia/Seoul",
  seatNos: ["A-18", "A-19"],
  balanceAfter: 70_000,
};
const EXAMPLE_IDS: Readonly<Record<AggregateType, number>> = {
  reservation: 5012,
  payment: 3307,
  "point-account": 840,
};

/** Makes a JSON Schema (draft 7) for readers of messages, which allows unknown fields. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { target: "draft-7", io: "input" });
  return rest;
}

/** Returns every event in the order of the catalogue. */
export function eventViews(): readonly EventView[] {
  return eventSchema.options.map((option) => {
    const { type, aggregateType, payload } = option.shape;
    const example = {
      messageId: "019b76da-a800-7000-8000-000000000001",
      type: type.value,
      aggregateType: aggregateType.value,
      aggregateId: EXAMPLE_IDS[aggregateType.value],
      aggregateVersion: 1,
      occurredAt: "2026-01-02T03:04:05.678Z",
      payload: Object.fromEntries(
        Object.keys(payload.shape).map((field) => [field, EXAMPLE_FIELDS[field]]),
      ),
    };
    return {
      type: type.value,
      aggregateType: aggregateType.value,
      meaning: option.description ?? "",
      valueSchema: jsonSchemaOf(envelopeSchema.extend(option.shape)),
      payloadSchema: jsonSchemaOf(payload),
      example,
      text: textOf(example),
    };
  });
}

function textOf(example: EventView["example"]): string | undefined {
  const read = parseEnvelope(JSON.stringify(example));
  const known = "envelope" in read ? readEvent(read.envelope) : read;
  if ("problem" in known) throw new Error(`An example is not a valid event: ${known.problem}`);
  const { event } = known;
  return event.aggregateType === "point-account" ? undefined : notificationText(event);
}

/** Tests whether the notifier handles the events of the aggregate type. */
export function isNotified(aggregateType: AggregateType): boolean {
  const notified: readonly AggregateType[] = NOTIFIED_AGGREGATES;
  return notified.includes(aggregateType);
}
