/**
 * The entry `@onsale/core/events`: the contract with readers of the Kafka topics and of the
 * webhook, without the workflows.
 */
export * from "../events/eventCatalog.ts";
export { NOTIFIED_AGGREGATES } from "../notification/notifier.ts";
export { type NotifiedEvent, notificationText } from "../notification/readNotification.ts";
export {
  type Envelope,
  envelopeSchema,
  headersSchema,
  parseEnvelope,
  readEvent,
} from "../outbox/envelope.ts";
export { deadLetterHeadersSchema } from "../outbox/sendDeadLetter.ts";
export { deadLetterTopicOf } from "../outbox/topics.ts";
