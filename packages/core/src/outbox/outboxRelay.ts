import type { CoreContext } from "../ports/coreContext.ts";
import { bucketLeases, type HeldBucket } from "./bucketLeases.ts";
import { relayBucket } from "./relayBucket.ts";

/**
 * The outbox relay: how committed events reach Kafka, at least once and in order.
 *
 * A workflow writes its events as outbox messages in the transaction of the change, so an event
 * exists exactly when the change does. Relays publish these messages and mark them. Two relays that
 * publish the same aggregate at the same time could swap its versions, so:
 *
 * - Each aggregate belongs to one bucket for ever (`bucketOf`), and a relay publishes only buckets
 *   whose lease it has. `bucketLeases` shares the buckets among the live relays.
 * - A message is PENDING, then PUBLISHED, or DEAD after its last attempt. `due` selects PENDING
 *   rows by their status. A cursor over the ids would miss rows, because a transaction with a lower
 *   id can commit later than one with a higher id.
 * - Publish first, mark second. The mark is one transaction that locks the lease row and checks
 *   owner, epoch and expiry, so a relay that has lost its lease cannot mark messages.
 *
 * Failures:
 *
 * - The relay dies after publishing, before marking: the next owner publishes again. Consumers
 *   recognise the repetition by its message id.
 * - The relay stalls until its lease has expired: it stops at `isLive`, or its mark is refused and
 *   it drops the bucket. The new owner repeats what was not marked.
 * - The broker or the database is unavailable: the iteration fails, and the relay publishes all its
 *   messages again later. This does not count as an attempt.
 * - One topic accepts no messages, for example because it was deleted: its messages are postponed
 *   with the reason as their last error and never die; messages of other topics go on.
 * - The broker refuses one message: the relay counts an attempt, and the later messages of the same
 *   aggregate are blocked until this message is published. After `attemptsMax` attempts the message
 *   is DEAD, and its aggregate stays blocked until an operator replays the message. Other
 *   aggregates are not affected.
 *
 * Not promised: an order between aggregates, and exactly-once delivery. During a change of owner a
 * consumer can see version 3 again after version 4, but never version 4 before its first version 3.
 *
 *
 */

/**
 * Buckets that one relay publishes at the same time. While one bucket waits for the broker, the
 * relay works on the others.
 */
const CONCURRENCY_MAX = 4;

export interface OutboxRelay {
  /**
   * Publishes the due messages of all buckets that this relay owns, once.
   * @returns true when more messages may be due
   * @throws DependencyUnavailableError when the broker or the database is unavailable
   */
  runOnce(signal: AbortSignal): Promise<boolean>;
  /** Releases the leases, so that other relays can acquire them immediately. */
  release(): Promise<void>;
}

/**
 * Creates a relay; any number of relays share the buckets.
 * @param owner the owner of its leases: a UUID that no other relay uses
 */
export function outboxRelay(core: CoreContext, owner = core.ids.uuid()): OutboxRelay {
  const leases = bucketLeases(core, owner);

  async function relayGroup(group: readonly HeldBucket[]): Promise<boolean> {
    // Waits for all buckets before it reports the first failure, because iterations must not
    // overlap.
    const results = await Promise.allSettled(
      group.map(async (held) => {
        const relayed = await relayBucket(core, held);
        if (relayed.lost) {
          leases.drop(held.bucket);
          core.log.warn(
            { event: "relay.bucket_lost", bucket: held.bucket },
            "Lost the lease of an outbox bucket; another relay owns it",
          );
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
        // Renews the leases during a long iteration, so that the leases of the remaining buckets do
        // not expire.
        await leases.upkeep();
      }
      return more;
    },
    release: () => leases.release(),
  };
}
