import type { CoreContext } from "../ports/coreContext.ts";
import type { BucketCounts } from "../ports/outboxAdminStore.ts";
import type { OutboxCounts } from "../ports/outboxStore.ts";
import { BUCKET_LEASE_PREFIX } from "./bucketLeases.ts";
import { topicOf } from "./topics.ts";

/** The rate is measured over this time, ms. */
const RATE_MS = 60_000;
/** Maximum number of publications to count. One relay publishes fewer in a minute. */
const PUBLICATIONS_MAX = 600_000;
const FAILURES_MAX = 100;

/** A bucket with its unpublished messages and the relay that publishes it. */
export interface BucketStatus extends BucketCounts {
  /** The process of the relay, or the relay's id; undefined when no relay has the lease. */
  readonly relay: string | undefined;
}

/** A topic whose messages fail, with its latest error. */
export interface FailingTopic {
  readonly topic: string;
  readonly error: string;
  /** Number of messages that failed, with any error. */
  readonly messages: number;
}

export interface OutboxStatus extends OutboxCounts {
  /** Number of messages behind an earlier failed one of their aggregate; part of `pending`. */
  readonly blocked: number;
  /** Mean of the last minute. */
  readonly publishedPerSecond: number;
  readonly buckets: readonly BucketStatus[];
  readonly failingTopics: readonly FailingTopic[];
}

type Core = Pick<CoreContext, "config" | "outbox" | "outboxAdmin" | "leases" | "workers">;

/** Reads everything that an operator needs to judge the outbox. */
export async function outboxStatus(core: Core): Promise<OutboxStatus> {
  const { outbox, outboxAdmin } = core;
  const [counts, blocked, publications, failingTopics, buckets] = await Promise.all([
    outbox.counts(null),
    outboxAdmin.countBlocked(null),
    outboxAdmin.countPublications(null, RATE_MS, PUBLICATIONS_MAX),
    readFailingTopics(core),
    readBuckets(core),
  ]);
  const publishedPerSecond = publications / (RATE_MS / 1000);
  return { ...counts, blocked, publishedPerSecond, buckets, failingTopics };
}

/** The topics whose messages fail, the one with the latest failure first. */
export async function readFailingTopics(
  core: Pick<CoreContext, "config" | "outboxAdmin">,
): Promise<readonly FailingTopic[]> {
  const failures = await core.outboxAdmin.listFailures(null, FAILURES_MAX);
  const byType = Map.groupBy(failures, ({ aggregateType }) => aggregateType);
  return [...byType].map(([type, [latest, ...older]]) => ({
    topic: topicOf(core.config, type),
    error: latest?.error ?? "",
    messages: older.reduce((sum, { messages }) => sum + messages, latest?.messages ?? 0),
  }));
}

async function readBuckets(core: Core): Promise<readonly BucketStatus[]> {
  const [counts, leases, workers] = await Promise.all([
    core.outboxAdmin.countByBucket(null),
    core.leases.list(BUCKET_LEASE_PREFIX),
    core.workers.list(),
  ]);
  const processOf = new Map(workers.map(({ id, processName }) => [id, processName]));
  const ownerOf = new Map(leases.map(({ name, owner }) => [name, owner]));
  const configured = core.config.outbox.buckets;
  // Messages of an earlier, larger OUTBOX_BUCKETS can be in buckets that no relay reads any more.
  const beyond = counts.filter(({ bucket }) => bucket >= configured).map(({ bucket }) => bucket);
  return [...Array(configured).keys(), ...beyond].map((bucket) => {
    const owner = ownerOf.get(`${BUCKET_LEASE_PREFIX}${bucket}`);
    const relay = owner === undefined ? undefined : (processOf.get(owner) ?? owner);
    const none = { bucket, pending: 0, dead: 0, oldestPendingAgeMs: 0 };
    return { ...(counts.find((one) => one.bucket === bucket) ?? none), relay };
  });
}
