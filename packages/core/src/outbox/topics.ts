import type { CoreConfig } from "../config/readConfig.ts";
import type { AggregateType } from "../events/eventCatalog.ts";

/** Returns the topic of an aggregate type: "onsale.reservation". */
export function topicOf(config: Pick<CoreConfig, "outbox">, type: AggregateType): string {
  return `${config.outbox.topicPrefix}${type}`;
}

/**
 * Returns the topic for messages that a consumer cannot process: "onsale.reservation.dead-letter".
 */
export function deadLetterTopicOf(topic: string): string {
  return `${topic}.dead-letter`;
}
