import type { AggregateType } from "../events/eventCatalog.ts";
import { topicOf } from "../outbox/topics.ts";
import type { ConsumerLag } from "../ports/consumerLag.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { PROJECTED_AGGREGATES, SALES_PROJECTION } from "../sales/salesProjection.ts";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "./notifier.ts";

/**
 * A message that no consumer has read for this time is late. In less time the worker replaces a
 * consumer that has stopped reading: it notices it after 30 s, and a new one joins within 20 s.
 */
export const UNREAD_MS_MAX = 60_000;

/** The consumers of this product, with the aggregate types that each of them reads. */
const CONSUMERS: ReadonlyMap<string, readonly AggregateType[]> = new Map<
  string,
  readonly AggregateType[]
>([
  [NOTIFIER, NOTIFIED_AGGREGATES],
  [SALES_PROJECTION, PROJECTED_AGGREGATES],
]);

/** How far a consumer of this product is behind; its group has the prefix of the installation. */
export interface OwnConsumerLag extends ConsumerLag {
  readonly consumer: string;
}

/**
 * Reads how far each consumer of this product is behind.
 * @throws DependencyUnavailableError when the broker does not answer in time
 */
export async function consumerLag(
  core: Pick<CoreContext, "config" | "consumerLag">,
): Promise<readonly OwnConsumerLag[]> {
  const lags: OwnConsumerLag[] = [];
  for (const [consumer, aggregates] of CONSUMERS) {
    const topics = aggregates.map((type) => topicOf(core.config, type));
    const lag = await core.consumerLag.read(consumer, topics, UNREAD_MS_MAX);
    lags.push({ ...lag, consumer });
  }
  return lags;
}
