import type { CoreContext } from "../ports/coreContext.ts";
import { bucketLeases, type HeldBucket } from "./bucketLeases.ts";
import { relayBucket } from "./relayBucket.ts";

/**
 * Buckets that one relay works on at once: enough to hide the broker's answer time behind the
 * others'.
 */
const CONCURRENCY_MAX = 4;

export interface OutboxRelay {
  /**
   * One round over the buckets that this relay owns.
   * @returns true when there is more to do at once
   * @throws DependencyUnavailableError when the broker or the database is away
   */
  runOnce(signal: AbortSignal): Promise<boolean>;
  /** Gives the buckets back, so that others need not wait for the leases to run out. */
  release(): Promise<void>;
}

/**
 * Carries committed outbox messages to the broker, at least once and in version order for each
 * aggregate. Any number of relays share the buckets; the order rests on one owner for each bucket.
 */
export function outboxRelay(core: CoreContext): OutboxRelay {
  const owner = core.ids.uuid();
  const leases = bucketLeases(core, owner);

  async function relayGroup(group: readonly HeldBucket[]): Promise<boolean> {
    // All must have settled before the first failure ends the iteration: iterations never overlap.
    const results = await Promise.allSettled(
      group.map(async (held) => {
        const relayed = await relayBucket(core, held);
        if (relayed.lost) {
          leases.drop(held.bucket);
          core.log.warn({ bucket: held.bucket }, "Another relay has taken the outbox bucket over");
        }
        return relayed.more;
      }),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    return results.some((result) => result.status === "fulfilled" && result.value);
  }

  return {
    async runOnce(signal) {
      await leases.upkeep();
      const buckets = leases.held().map(({ bucket }) => bucket);
      let more = false;
      for (let at = 0; at < buckets.length && !signal.aborted; at += CONCURRENCY_MAX) {
        const group = new Set(buckets.slice(at, at + CONCURRENCY_MAX));
        more = (await relayGroup(leases.held().filter(({ bucket }) => group.has(bucket)))) || more;
        // A long round must not let the leases of the buckets that are still to come run out.
        await leases.upkeep();
      }
      return more;
    },
    release: () => leases.release(),
  };
}
