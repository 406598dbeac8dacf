import type { CoreConfig } from "../config/readConfig.ts";
import type { AggregateType } from "../events/eventCatalog.ts";

/** The topic of an aggregate type: "onsale.reservation". */
export function topicOf(config: Pick<CoreConfig, "outbox">, type: AggregateType): string {
  return `${config.outbox.topicPrefix}${type}`;
}

/** The topic of messages that a consumer cannot process: "onsale.reservation.dead-letter". */
export function deadLetterTopicOf(topic: string): string {
  return `${topic}.dead-letter`;
}
