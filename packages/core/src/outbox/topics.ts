import type { CoreConfig } from "../config/readConfig.ts";
import type { AggregateType } from "../events/eventCatalog.ts";

/** One topic for each kind of aggregate: "onsale.reservation". */
export function topicOf(config: Pick<CoreConfig, "outbox">, type: AggregateType): string {
  return `${config.outbox.topicPrefix}${type}`;
}

/** Where a consumer puts what it cannot process: "onsale.reservation.dead-letter". */
export function deadLetterTopicOf(topic: string): string {
  return `${topic}.dead-letter`;
}
