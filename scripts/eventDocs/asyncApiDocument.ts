import {
  AGGREGATES,
  type AggregateType,
  deadLetterHeadersSchema,
  deadLetterTopicOf,
  headersSchema,
} from "@onsale/core/events";
import { z } from "zod";
import { type EventView, eventViews, isNotified, jsonSchemaOf } from "./eventViews.ts";

type Node = Readonly<Record<string, unknown>>;

const AGGREGATE_TYPES: readonly AggregateType[] = eventViews()
  .map(({ aggregateType }) => aggregateType)
  .filter((type, index, all) => all.indexOf(type) === index);

const TOPIC_PREFIX = {
  default: "onsale.",
  description: "`KAFKA_TOPIC_PREFIX` of the workers",
};

const INFO = {
  title: "Onsale events",
  version: "1.0.0",
  description:
    "Events that Onsale publishes to Kafka through its outbox, at least once and in version " +
    "order for each aggregate, and notifications that it posts to a webhook. Readers ignore " +
    "fields that they do not know and detect repetitions by `messageId`.",
  license: { name: "MIT" },
};

/** Makes the AsyncAPI 3.0 document of the topics and of the webhook. */
export function asyncApiDocument(): Node {
  const events = eventViews();
  return {
    asyncapi: "3.0.0",
    info: INFO,
    defaultContentType: "application/json",
    channels: {
      ...Object.assign({}, ...AGGREGATE_TYPES.map((type) => topicChannels(type, events))),
      webhook: webhookChannel(events),
    },
    operations: {
      ...Object.assign({}, ...AGGREGATE_TYPES.map(topicOperations)),
      postNotification: {
        action: "send",
        channel: ref("channels/webhook"),
        summary: "Onsale posts one notification for each event, until the receiver answers 2xx.",
        bindings: { http: { method: "POST", bindingVersion: "0.3.0" } },
      },
    },
    components: {
      schemas: { messageHeaders: jsonSchemaOf(headersSchema), notificationHeaders },
      messages: {
        ...Object.fromEntries(events.map((event) => [event.type, eventMessage(event)])),
        ...Object.fromEntries(AGGREGATE_TYPES.map((type) => deadLetterMessage(type))),
        ...Object.fromEntries(
          events
            .filter(({ text }) => text !== undefined)
            .map((event) => [notificationName(event), notificationMessage(event)]),
        ),
      },
    },
  };
}

const ref = (path: string): Node => ({ $ref: `#/${path}` });
const notificationName = ({ type }: EventView): string => `notification.${type}`;
const deadLetterName = (type: AggregateType): string => `${type}.dead-letter`;

function topicChannels(type: AggregateType, events: readonly EventView[]): Node {
  const own = events.filter(({ aggregateType }) => aggregateType === type);
  const topic = `{topicPrefix}${type}`;
  const parameters = { topicPrefix: TOPIC_PREFIX };
  const channels = {
    [type]: {
      address: topic,
      description: `Topic of one aggregate type. ${AGGREGATES[type]}`,
      messages: messageRefs(own.map((event) => event.type)),
      parameters,
    },
  };
  if (!isNotified(type)) return channels;
  return {
    ...channels,
    [deadLetterName(type)]: {
      address: deadLetterTopicOf(topic),
      description:
        "Messages that a consumer cannot process, unchanged, with its name and the reason",
      messages: messageRefs([deadLetterName(type)]),
      parameters,
    },
  };
}

function topicOperations(type: AggregateType): Node {
  const operations = {
    [`publish.${type}`]: {
      action: "send",
      channel: ref(`channels/${type}`),
      summary: "The relay publishes committed outbox messages.",
    },
  };
  if (!isNotified(type)) return operations;
  return {
    ...operations,
    [`notify.${type}`]: {
      action: "receive",
      channel: ref(`channels/${type}`),
      summary: "The notifier creates one notification for each event.",
    },
    [`giveUp.${type}`]: {
      action: "send",
      channel: ref(`channels/${deadLetterName(type)}`),
      summary: "Each consumer copies a message that it cannot process to this topic.",
    },
  };
}

function webhookChannel(events: readonly EventView[]): Node {
  const notified = events.filter(({ text }) => text !== undefined);
  return {
    address: null,
    description:
      "The URL in `WEBHOOK_URL`. With `WEBHOOK_FORMAT=slack` the body has the field `text` alone.",
    messages: messageRefs(notified.map(notificationName)),
  };
}

function messageRefs(names: readonly string[]): Node {
  return Object.fromEntries(names.map((name) => [name, ref(`components/messages/${name}`)]));
}

const kafkaKey = (type: AggregateType): Node => ({
  kafka: {
    key: {
      type: "string",
      pattern: `^${type}:[1-9][0-9]*$`,
      description: "Aggregate type and aggregate id: events of one aggregate keep their order",
    },
    bindingVersion: "0.5.0",
  },
});

function eventMessage({ type, aggregateType, meaning, valueSchema, example }: EventView): Node {
  return {
    name: type,
    summary: meaning,
    headers: ref("components/schemas/messageHeaders"),
    payload: valueSchema,
    bindings: kafkaKey(aggregateType),
    examples: [{ payload: example }],
  };
}

function deadLetterMessage(type: AggregateType): readonly [string, Node] {
  const headers = headersSchema.partial().extend(deadLetterHeadersSchema.shape);
  const message = {
    name: deadLetterName(type),
    summary: "A message that a consumer gave up; the value is that of the original message.",
    contentType: "application/octet-stream",
    headers: jsonSchemaOf(headers),
    bindings: kafkaKey(type),
  };
  return [deadLetterName(type), message];
}

const notificationHeaders = jsonSchemaOf(
  z.object({
    "onsale-message-id": z.uuid().describe("`messageId` of the body; a repetition has the same id"),
  }),
);

function notificationMessage({ type, meaning, example, text }: EventView): Node {
  const sentence = z.object({ text: z.string().describe("One sentence for people") });
  return {
    name: `notification.${type}`,
    summary: meaning,
    headers: ref("components/schemas/notificationHeaders"),
    payload: { allOf: [ref(`components/messages/${type}/payload`), jsonSchemaOf(sentence)] },
    examples: [{ payload: { ...example, text } }],
  };
}
