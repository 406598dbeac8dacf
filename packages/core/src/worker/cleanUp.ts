import { NOTIFIER } from "../notification/notifier.ts";
import { OPERATION_LEASE_PREFIX } from "../operations/targetLease.ts";
import { RELAY_LEASE_PREFIX } from "../outbox/bucketLeases.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { SALES_PROJECTION } from "../sales/salesProjection.ts";
import type { CoarseJob } from "./runScheduledJob.ts";

/**
 * Maximum number of rows that one transaction deletes. The number is small: locks last
 * milliseconds, and InnoDB can purge the deleted rows in time.
 */
const BATCH_MAX = 500;
/**
 * Maximum number of batches for each kind of row in one run. A run each minute can delete 20,000
 * rows of each kind, more than any sale creates over time.
 */
const BATCHES_MAX = 40;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/**
 * Inbox records live twice as long as Kafka keeps a message, because Kafka can deliver the message
 * again during that time.
 */
const INBOX_RETENTIONS = 2;

/** The tokens of a place are no longer accepted after a day, so nothing can restore it. */
const LEFT_PLACE_DAYS = 2;

type Kind = "outbox" | "inbox" | "notifications" | "deliveryLog" | "idempotency";

type Cleaned = {
  readonly [K in Kind]: Pick<CoreContext[K], "cleanUp">;
};
type Core = Pick<CoreContext, "config" | "leases" | "metrics" | "withTransaction" | "workers"> & {
  readonly admissions: Pick<CoreContext["admissions"], "cleanUpLeft">;
} & Cleaned;

/** Deletes rows that are older than the retention, in small batches. */
export const cleanUp: CoarseJob<Core> = {
  name: "clean-up",
  cron: "* * * * *",
  leaseMs: 50_000,
  async run(core, isMine) {
    const ageMs = core.config.retentionMs;
    const kinds: Readonly<Record<string, (tx: Tx) => Promise<number>>> = {
      outbox: (tx) => core.outbox.cleanUp(tx, ageMs, BATCH_MAX),
      inbox: (tx) => core.inbox.cleanUp(tx, NOTIFIER, INBOX_RETENTIONS * ageMs, BATCH_MAX),
      "sales inbox": (tx) =>
        core.inbox.cleanUp(tx, SALES_PROJECTION, INBOX_RETENTIONS * ageMs, BATCH_MAX),
      notifications: (tx) => core.notifications.cleanUp(tx, ageMs, BATCH_MAX),
      deliveries: (tx) => core.deliveryLog.cleanUp(tx, ageMs, BATCH_MAX),
      idempotency: (tx) => core.idempotency.cleanUp(tx, ageMs, BATCH_MAX),
      "left places": (tx) => core.admissions.cleanUpLeft(tx, LEFT_PLACE_DAYS * DAY_MS, BATCH_MAX),
    };
    for (const [kind, deleteBatch] of Object.entries(kinds)) {
      const deleted = await deleteBatches(core, deleteBatch, isMine);
      core.metrics.count("cleaned_up_rows_total", { kind }, deleted);
    }
    if (isMine()) await core.leases.forget(RELAY_LEASE_PREFIX, DAY_MS);
    if (isMine()) await core.leases.forget(OPERATION_LEASE_PREFIX, DAY_MS);
    if (isMine()) await core.workers.forget(DAY_MS);
  },
};

async function deleteBatches(
  core: Core,
  deleteBatch: (tx: Tx) => Promise<number>,
  isMine: () => boolean,
): Promise<number> {
  let deleted = 0;
  for (let batch = 0; batch < BATCHES_MAX && isMine(); batch += 1) {
    const count = await core.withTransaction(deleteBatch);
    deleted += count;
    if (count < BATCH_MAX) break;
  }
  return deleted;
}
