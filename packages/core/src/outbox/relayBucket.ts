import type { CoreContext } from "../ports/coreContext.ts";
import type { OutboxMessage } from "../ports/outboxStore.ts";
import type { PublishFailure } from "../ports/publisher.ts";
import { backoffMs } from "../shared/random.ts";
import type { HeldBucket } from "./bucketLeases.ts";
import { toPublishedMessage } from "./envelope.ts";

/**
 * One batch: a few hundred messages fill a request to the broker and keep the marking transaction
 * short.
 */
export const RELAY_BATCH_MAX = 500;
/** A poisonous message is tried ten times within about ten minutes before it is given up. */
const RETRY_BASE_MS = 500;
const RETRY_CEILING_MS = 60_000;

export interface RelayedBucket {
  readonly published: number;
  /** True when the batch was full, so that there may be more. */
  readonly more: boolean;
  /** The lease had gone to another owner: nothing was marked. */
  readonly lost: boolean;
}

type Core = Pick<
  CoreContext,
  "withTransaction" | "outbox" | "publisher" | "config" | "clock" | "random" | "metrics" | "log"
>;

/**
 * Publishes what is due in a bucket, in order, and marks it under the lease's epoch. A message that
 * fails holds up its own aggregate alone.
 * @throws DependencyUnavailableError when the broker or the database is away: no message is blamed,
 *   all go out again later
 */
export async function relayBucket(core: Core, held: HeldBucket): Promise<RelayedBucket> {
  const due = await core.outbox.due(null, held.bucket, RELAY_BATCH_MAX);
  if (due.length === 0) return { published: 0, more: false, lost: false };
  if (!held.isLive()) return { published: 0, more: false, lost: false };

  const startedMs = core.clock.monotonicMs();
  const failures = await core.publisher.publish(
    due.map((message) => toPublishedMessage(core.config, message)),
  );
  core.metrics.observe("outbox_publish_seconds", (core.clock.monotonicMs() - startedMs) / 1000);

  const failureOf = new Map(failures.map((failure) => [failure.messageId, failure]));
  const sent = due.filter(({ messageId }) => !failureOf.has(messageId));
  const marked = await mark(core, held, sent);
  core.metrics.count("outbox_published_total", {}, marked);
  for (const message of headsOf(due)) {
    const failure = failureOf.get(message.messageId);
    if (failure) await noteFailure(core, message, failure);
  }
  return {
    published: marked,
    more: due.length === RELAY_BATCH_MAX,
    lost: sent.length > 0 && marked === 0,
  };

  /** Of each aggregate the first that failed; those behind it were not tried. */
  function headsOf(messages: readonly OutboxMessage[]): OutboxMessage[] {
    const seen = new Set<string>();
    return messages.filter(({ messageId, aggregateType, aggregateId }) => {
      const aggregate = `${aggregateType}:${aggregateId}`;
      if (!failureOf.has(messageId) || seen.has(aggregate)) return false;
      seen.add(aggregate);
      return true;
    });
  }
}

/** Marks messages as published in one transaction. @returns how many; 0 without the lease */
async function mark(
  core: Core,
  { lease }: HeldBucket,
  sent: readonly OutboxMessage[],
): Promise<number> {
  if (sent.length === 0) return 0;
  const ids = sent.map(({ id }) => id);
  return core.withTransaction((tx) => core.outbox.markPublished(tx, lease, ids));
}

async function noteFailure(
  core: Core,
  message: OutboxMessage,
  { error, poison }: PublishFailure,
): Promise<void> {
  const attempts = message.attempts + 1;
  const dead = poison && attempts >= core.config.outbox.attemptsMax;
  const retryInMs = backoffMs(core.random, attempts, RETRY_BASE_MS, RETRY_CEILING_MS);
  await core.outbox.markFailed(null, message.id, { error, retryInMs, dead });
  core.metrics.count("outbox_failed_total", { outcome: dead ? "dead" : "retry" });
  const { messageId, aggregateType, aggregateId, aggregateVersion } = message;
  core.log[dead ? "error" : "warn"](
    { messageId, aggregateType, aggregateId, aggregateVersion, attempts, error },
    dead
      ? "An outbox message is given up; later ones of its aggregate wait behind it"
      : "An outbox message was refused by the broker and will be tried again",
  );
}
