import { topicOf } from "../outbox/topics.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { ComingMessage, ReservationSale } from "../ports/salesStore.ts";
import { DependencyUnavailableError } from "../shared/errors.ts";
import { PROJECTED_AGGREGATES, SALES_PROJECTION } from "./salesProjection.ts";

/*
 * Which messages will the consumer still apply?
 *
 * A message without an inbox record is usually on its way. But it never comes when the consumer
 * made a dead letter of it, when Kafka deleted it before the consumer read it, or when the broker
 * lost it. The row of the outbox looks the same in each case. So a published message counts as lost
 * when
 *
 *   1. it was published at least PUBLISHED_MS ago, by the database's clock, and
 *   2. the group of the consumer has committed every message that is older than READ_MS, by the
 *      clocks of the publishing process and of this one, and
 *   3. after that, the message is still not counted.
 *
 * The consumer commits an offset only after it has applied the message or given it up, so a message
 * that fulfils 1 and 2 has been applied or never will be. The difference between the two times is
 * the difference that the clocks may have.
 *
 * A message that waits for a publication, or is dead in the outbox, is not lost: a relay or an
 * operator still publishes it, and `onsale doctor` reports it. When the broker does not answer,
 * every message counts as on its way.
 */

const PUBLISHED_MS = 10 * 60_000;
const READ_MS = 5 * 60_000;
/** One look at the group serves all messages for this time, which is short beside READ_MS. */
const LOOK_MS = 30_000;

type Core = Pick<CoreContext, "config" | "consumerLag" | "clock" | "sales">;

/** Finds, among messages without an inbox record, those that the consumer will not apply. */
export type IsLost = (message: ComingMessage) => Promise<boolean>;

/** @returns a test that looks at the consumer's group when it needs to, at most each LOOK_MS */
export function lostMessages(core: Core): IsLost {
  let look: { readonly atMs: number; readonly hasRead: boolean } | undefined;
  return async ({ publishedAgoMs }) => {
    if (publishedAgoMs === undefined || publishedAgoMs < PUBLISHED_MS) return false;
    const nowMs = core.clock.monotonicMs();
    if (!look || nowMs - look.atMs > LOOK_MS) {
      look = { atMs: nowMs, hasRead: await hasReadOld(core) };
    }
    return look.hasRead;
  };
}

/** Tests whether the consumer has read all messages that are older than READ_MS. */
async function hasReadOld({ config, consumerLag }: Core): Promise<boolean> {
  const topics = PROJECTED_AGGREGATES.map((type) => topicOf(config, type));
  try {
    const { partitions } = await consumerLag.read(SALES_PROJECTION, topics, READ_MS);
    return partitions.every(({ oldLag }) => oldLag === 0);
  } catch (error) {
    if (error instanceof DependencyUnavailableError) return false;
    throw error;
  }
}

/** Returns those of the late reservations whose latest message the consumer may still apply. */
export async function stillComing(
  core: Core,
  isLost: IsLost,
  late: ReadonlyMap<number, ReservationSale>,
): Promise<ReadonlySet<number>> {
  const coming = new Set<number>();
  for (const message of await core.sales.comingMessages(null, SALES_PROJECTION, [...late.keys()])) {
    const { reservationId, version } = message;
    if (late.get(reservationId)?.version !== version) continue;
    if (!(await isLost(message))) coming.add(reservationId);
  }
  return coming;
}
