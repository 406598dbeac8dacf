import { NOTIFIER } from "../notification/notifier.ts";
import { RELAY_LEASE_PREFIX } from "../outbox/bucketLeases.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import type { CoarseJob } from "./runScheduledJob.ts";

/** Rows that one transaction deletes: locks for milliseconds, and InnoDB's purge keeps up. */
const BATCH_MAX = 500;
/** Batches for each kind of row and run: 20,000 rows a minute, above any sustained sale. */
const BATCHES_MAX = 40;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Kafka can deliver a message again while it keeps it, so inbox records live twice as long. */
const INBOX_RETENTIONS = 2;

type Cleaned<K extends "outbox" | "inbox" | "notifications" | "idempotency"> = {
  readonly [Kind in K]: Pick<CoreContext[Kind], "cleanUp">;
};
type Core = Pick<CoreContext, "config" | "leases" | "metrics" | "withTransaction"> &
  Cleaned<"outbox" | "inbox" | "notifications" | "idempotency">;

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
      notifications: (tx) => core.notifications.cleanUp(tx, ageMs, BATCH_MAX),
      idempotency: (tx) => core.idempotency.cleanUp(tx, ageMs, BATCH_MAX),
    };
    for (const [kind, deleteBatch] of Object.entries(kinds)) {
      const deleted = await deleteBatches(core, deleteBatch, isMine);
      core.metrics.count("cleaned_up_rows_total", { kind }, deleted);
    }
    if (isMine()) await core.leases.forget(RELAY_LEASE_PREFIX, DAY_MS);
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
