import type { CoreContext } from "../ports/coreContext.ts";
import type { Lease } from "../ports/leaseStore.ts";
import { fairShare } from "./fairShare.ts";

/** One lease for each bucket. */
export const BUCKET_LEASE_PREFIX = "outbox-bucket:";
/** One lease for each live relay. Relays count these leases to learn how many relays are alive. */
export const RELAY_LEASE_PREFIX = "outbox-relay:";

/**
 * A relay renews each lease this often within the lease's lifetime, so two renewals in a row may
 * fail.
 */
const RENEWALS_PER_LIFE = 3;

/** A bucket that this relay owns. */
export interface HeldBucket {
  readonly bucket: number;
  readonly lease: Lease;
  /**
   * False when the lease may have expired. The relay measures with its own clock, from the moment
   * before it requested the lease.
   */
  isLive(): boolean;
}

export interface BucketLeases {
  /**
   * Does the work that is due: renews, releases and acquires leases, so that the live relays share
   * the buckets.
   */
  upkeep(): Promise<void>;
  held(): readonly HeldBucket[];
  /**
   * Runs a round, and renews the leases while it runs. Without this, a broker that needs longer
   * than a lease for the messages of a round would make the relay publish them again and again: the
   * leases would have expired before the marks.
   */
  renewDuring<T>(round: () => Promise<T>): Promise<T>;
  /** Removes a bucket from this relay's list because the lease that it had is no longer valid. */
  drop(lost: HeldBucket): void;
  /** Releases all leases. */
  release(): Promise<void>;
}

type Core = Pick<CoreContext, "leases" | "clock" | "config" | "metrics">;

/** The bucket leases of one relay. */
export function bucketLeases(core: Core, owner: string): BucketLeases {
  const { leases, clock } = core;
  const { buckets, leaseMs } = core.config.outbox;
  const held = countedBuckets(core.metrics);
  let member: Lease | undefined;
  let nextUpkeepMs = Number.NEGATIVE_INFINITY;

  async function take(bucket: number): Promise<void> {
    const liveUntilMs = clock.monotonicMs() + leaseMs;
    const lease = await leases.acquire(`${BUCKET_LEASE_PREFIX}${bucket}`, owner, leaseMs);
    if (lease) held.add({ bucket, lease, isLive: () => clock.monotonicMs() < liveUntilMs });
    else held.remove(bucket, "lost");
  }

  async function giveUp({ bucket, lease }: HeldBucket): Promise<void> {
    held.remove(bucket, "released");
    await leases.release(lease);
  }

  async function renewMember(): Promise<void> {
    member = await leases.acquire(`${RELAY_LEASE_PREFIX}${owner}`, owner, leaseMs);
  }

  async function renewHeld(): Promise<void> {
    await Promise.all(held.all().map(({ bucket }) => take(bucket)));
  }

  async function rebalance(): Promise<void> {
    await renewMember();
    const members = await leases.list(RELAY_LEASE_PREFIX);
    const share = fairShare(buckets, members.length);
    for (const excess of held.all().slice(share)) await giveUp(excess);
    // At the same time, because the relay publishes nothing meanwhile.
    await renewHeld();
    if (held.count() >= share) return;
    const all = await leases.list(BUCKET_LEASE_PREFIX);
    // The relay may have dropped a bucket whose lease is still its own.
    const taken = new Set(all.filter((one) => one.owner !== owner).map(({ name }) => name));
    for (let bucket = 0; bucket < buckets && held.count() < share; bucket += 1) {
      const isFree = !held.has(bucket) && !taken.has(`${BUCKET_LEASE_PREFIX}${bucket}`);
      if (isFree) await take(bucket);
    }
  }

  return {
    async upkeep() {
      if (clock.monotonicMs() < nextUpkeepMs) return;
      await rebalance();
      nextUpkeepMs = clock.monotonicMs() + leaseMs / RENEWALS_PER_LIFE;
    },
    held: () => held.all().filter((bucket) => bucket.isLive()),
    renewDuring: (round) =>
      repeatDuring(round, clock, leaseMs / RENEWALS_PER_LIFE, () =>
        // A failed renewal needs no action: the next one follows, or the marks are refused.
        Promise.allSettled([renewMember(), renewHeld()]),
      ),
    drop({ bucket, lease }) {
      if (held.get(bucket)?.lease.epoch === lease.epoch) held.remove(bucket, "lost");
    },
    async release() {
      for (const bucket of held.all()) await giveUp(bucket);
      if (member) await leases.release(member);
      member = undefined;
    },
  };
}

/** The buckets of one relay, by their number. Counts each change, and no renewal. */
function countedBuckets(metrics: CoreContext["metrics"]) {
  const held = new Map<number, HeldBucket>();
  const changed = (change: "acquired" | "released" | "lost"): void =>
    metrics.count("outbox_lease_changes_total", { change });
  return {
    get: (bucket: number) => held.get(bucket),
    has: (bucket: number) => held.has(bucket),
    count: () => held.size,
    all: () => [...held.values()],
    add(added: HeldBucket): void {
      if (!held.has(added.bucket)) changed("acquired");
      held.set(added.bucket, added);
    },
    remove(bucket: number, change: "released" | "lost"): void {
      if (held.delete(bucket)) changed(change);
    },
  };
}

/** Runs the work, and meanwhile the other work after each pause. */
async function repeatDuring<T>(
  work: () => Promise<T>,
  clock: Core["clock"],
  pauseMs: number,
  other: () => Promise<unknown>,
): Promise<T> {
  const done = new AbortController();
  const repeat = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(pauseMs, done.signal);
      if (done.signal.aborted) return;
      await other();
    }
  };
  const repeating = repeat();
  try {
    return await work();
  } finally {
    done.abort("the work has ended");
    await repeating;
  }
}
