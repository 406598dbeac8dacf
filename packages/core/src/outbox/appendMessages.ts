import { assertFitsCatalog, type OnsaleEvent } from "../events/eventCatalog.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { bucketOf } from "./bucketOf.ts";

/**
 * Writes one outbox message for each event, in the transaction that makes the change: both are
 * committed or neither is. The relay publishes it later.
 * @throws AssertionError for an event whose payload does not fit the catalogue
 */
export async function appendMessages(
  core: Pick<CoreContext, "config" | "ids" | "outbox">,
  tx: Tx,
  events: readonly OnsaleEvent[],
): Promise<void> {
  if (events.length === 0) return;
  for (const event of events) assertFitsCatalog(event);
  const { buckets } = core.config.outbox;
  await core.outbox.append(
    tx,
    events.map((event) => ({
      ...event,
      messageId: core.ids.uuid(),
      bucket: bucketOf(event.aggregateType, event.aggregateId, buckets),
    })),
  );
}
