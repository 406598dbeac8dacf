import { topicOf } from "../outbox/topics.ts";
import type { ConsumerLag } from "../ports/consumerLag.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "./notifier.ts";

/**
 * A message that no consumer has read for this time is late. In less time the worker replaces a
 * consumer that has stopped reading: it notices it after 30 s, and a new one joins within 20 s.
 */
export const UNREAD_MS_MAX = 60_000;

/**
 * Reads how far each consumer of this product is behind.
 * @throws DependencyUnavailableError when the broker does not answer in time
 */
export async function consumerLag(
  core: Pick<CoreContext, "config" | "consumerLag">,
): Promise<readonly ConsumerLag[]> {
  const topics = NOTIFIED_AGGREGATES.map((type) => topicOf(core.config, type));
  return [await core.consumerLag.read(NOTIFIER, topics, UNREAD_MS_MAX)];
}
