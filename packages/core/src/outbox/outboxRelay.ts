import type { CoreContext } from "../ports/coreContext.ts";
import { bucketLeases, type HeldBucket } from "./bucketLeases.ts";
import { relayBuckets } from "./relayBuckets.ts";

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
 * - Publish first, mark second. The mark is one transaction that locks the lease rows and checks
 *   owner, epochs and expiry, so a relay that has lost a lease cannot mark the bucket's messages.
 *
 * Speed: a round reads what is due in all buckets of the relay, publishes it and marks it. The
 * buckets are divided into lanes; each lane publishes with one request and marks in one
 * transaction. The messages that are committed during a round belong to the next round, so rounds
 * become larger and cheaper per message under load. Rounds follow each other while they find
 * messages; an idle relay looks every `OUTBOX_POLL_MS`, or when it is nudged. The relay renews its
 * leases between rounds, and during a round that takes long because the broker is slow.
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
 */

/**
 * While one lane waits for the broker, the other one reads and marks. More lanes would only send
 * smaller requests.
 */
const LANES_MAX = 2;
/**
 * Shortest time between the starts of two rounds. Without it, a relay would spend a whole round on
 * each message at a low rate.
 */
export const ROUND_MS_MIN = 50;

export interface OutboxRelay {
  /**
   * Runs one round: publishes the due messages of all buckets that this relay owns.
   * @returns true when more messages may be due: the round found messages, and others may have been
   *   committed meanwhile
   * @throws DependencyUnavailableError when the broker or the database is unavailable
   */
  runOnce(): Promise<boolean>;
  /** Releases the leases, so that other relays can acquire them immediately. */
  release(): Promise<void>;
}

/**
 * Creates a relay; any number of relays share the buckets.
 * @param owner the owner of its leases: a UUID that no other relay uses
 */
export function outboxRelay(core: CoreContext, owner = core.ids.uuid()): OutboxRelay {
  const leases = bucketLeases(core, owner);

  async function relayLane(lane: readonly HeldBucket[]): Promise<boolean> {
    const { published, more, lost } = await relayBuckets(core, lane);
    for (const held of lost) {
      leases.drop(held);
      core.log.warn(
        { event: "relay.bucket_lost", bucket: held.bucket },
        "Lost the lease of an outbox bucket; another relay owns it",
      );
    }
    return more || published > 0;
  }

  return {
    async runOnce() {
      await leases.upkeep();
      // Waits for all lanes before it reports the first failure, because rounds must not overlap.
      const lanes = lanesOf(leases.held());
      const results = await leases.renewDuring(() => Promise.allSettled(lanes.map(relayLane)));
      const failed = results.find((result) => result.status === "rejected");
      if (failed) throw failed.reason;
      return results.some((result) => result.status === "fulfilled" && result.value);
    },
    release: () => leases.release(),
  };
}

/** Divides the buckets into lanes. */
function lanesOf(held: readonly HeldBucket[]): readonly HeldBucket[][] {
  const lanes: HeldBucket[][] = Array.from({ length: Math.min(LANES_MAX, held.length) }, () => []);
  held.forEach((bucket, index) => void lanes[index % LANES_MAX]?.push(bucket));
  return lanes;
}
