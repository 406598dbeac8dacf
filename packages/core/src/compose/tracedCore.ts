import { tracedConsumers, tracedPublisher } from "../adapters/shared/traced/tracedBroker.ts";
import { tracedNotifications, tracedOutbox } from "../adapters/shared/traced/tracedStores.ts";
import { tracedWebhook } from "../adapters/shared/traced/tracedWebhook.ts";
import type { Database } from "../adapters/sql/database.ts";
import { groupedDatabase } from "../adapters/sql/group/groupedDatabase.ts";
import type { GroupPorts, GroupSettings } from "../adapters/sql/group/groupLine.ts";
import { transactionSpans } from "../adapters/sql/tracedDatabase.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tracing } from "../ports/tracing.ts";

/** Adds grouped transactions to a database, and spans in a traced process. */
export function groupedAndTraced(
  db: Database,
  settings: GroupSettings,
  ports: Omit<GroupPorts, "failureKind">,
  tracing: Tracing | undefined,
): Database {
  if (!tracing) return groupedDatabase(db, settings, ports);
  const spans = transactionSpans(tracing, ports.clock);
  return spans.requests(groupedDatabase(spans.runs(db), settings, ports));
}

/** Adds spans to the messages and notifications of a traced process. */
export function tracedCore(core: CoreContext, tracing: Tracing | undefined): CoreContext {
  if (!tracing) return core;
  return {
    ...core,
    outbox: tracedOutbox(core.outbox, tracing),
    notifications: tracedNotifications(core.notifications, tracing),
    publisher: tracedPublisher(core.publisher, tracing),
    consumers: tracedConsumers(core.consumers, tracing),
    webhook: tracedWebhook(core.webhook, tracing),
  };
}
