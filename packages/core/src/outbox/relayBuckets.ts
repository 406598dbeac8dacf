import type { CoreContext } from "../ports/coreContext.ts";
import type { OutboxMessage } from "../ports/outboxStore.ts";
import type { PublishFailure } from "../ports/publisher.ts";
import { backoffMs } from "../shared/random.ts";
import type { HeldBucket } from "./bucketLeases.ts";
import { toPublishedMessage } from "./envelope.ts";

/**
 * Maximum number of messages of a bucket in one iteration: they fit into one request to the broker,
 * and the marking transaction stays short.
 */
export const RELAY_BATCH_MAX = 500;
/** With these pauses, ten attempts take about ten minutes for a message that the broker refuses. */
const RETRY_BASE_MS = 500;
const RETRY_CEILING_MS = 60_000;
/** Pause before the relay tries again a topic that accepted no messages. */
const TOPIC_RETRY_MS = 5_000;

export interface RelayedBucket {
  readonly published: number;
  /** True when the batch was full, so that more messages may be due. */
  readonly more: boolean;
  /** True when another relay owns the lease. Then no message was marked. */
  readonly lost: boolean;
}

type Core = Pick<
  CoreContext,
  "withTransaction" | "outbox" | "publisher" | "config" | "clock" | "random" | "metrics" | "log"
>;

/**
 * Publishes the due messages of a bucket in order and marks them under the lease's epoch. A message
 * that fails blocks only the later messages of its aggregate.
 * @throws DependencyUnavailableError when the broker or the database is unavailable: no attempt is
 *   counted, and all messages are published again later
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
  const failed = firstFailuresOf(due);
  for (const { message, failure } of failed) {
    if (failure.reason !== "topic") await markFailed(core, message, failure);
  }
  await postpone(core, held.bucket, failed);
  return {
    published: marked,
    more: due.length === RELAY_BATCH_MAX,
    lost: sent.length > 0 && marked === 0,
  };

  /**
   * Returns the first failed message of each aggregate. The relay did not send the messages behind
   * it.
   */
  function firstFailuresOf(messages: readonly OutboxMessage[]): FailedMessage[] {
    const seen = new Set<string>();
    return messages.flatMap((message) => {
      const aggregate = `${message.aggregateType}:${message.aggregateId}`;
      const failure = failureOf.get(message.messageId);
      if (!failure || seen.has(aggregate)) return [];
      seen.add(aggregate);
      return [{ message, failure }];
    });
  }
}

interface FailedMessage {
  readonly message: OutboxMessage;
  readonly failure: PublishFailure;
}

/**
 * Postpones messages whose topic accepts no messages at the moment, with one statement for each
 * error: a topic can have many aggregates. While they wait they are not due, so they do not fill
 * the next batches, and messages of other topics go on. The broker may accept them later, so none
 * of them dies.
 */
async function postpone(
  core: Core,
  bucket: number,
  failed: readonly FailedMessage[],
): Promise<void> {
  const ofTopics = failed.filter(({ failure }) => failure.reason === "topic");
  for (const [error, group] of Map.groupBy(ofTopics, ({ failure }) => failure.error)) {
    const ids = group.map(({ message }) => message.id);
    await core.outbox.postpone(null, ids, { error, retryInMs: TOPIC_RETRY_MS });
    core.metrics.count("outbox_failed_total", { outcome: "postponed" }, ids.length);
    core.log.warn(
      { event: "relay.topic_unavailable", bucket, aggregates: ids.length, error },
      "A topic accepts no messages; its messages wait, and messages of other topics go on",
    );
  }
}

/**
 * Marks messages as published in one transaction.
 * @returns the number of marked messages; 0 when another relay owns the lease
 */
async function mark(
  core: Core,
  { lease }: HeldBucket,
  sent: readonly OutboxMessage[],
): Promise<number> {
  if (sent.length === 0) return 0;
  const ids = sent.map(({ id }) => id);
  return core.withTransaction((tx) => core.outbox.markPublished(tx, lease, ids));
}

async function markFailed(
  core: Core,
  message: OutboxMessage,
  { error, reason }: PublishFailure,
): Promise<void> {
  const attempts = message.attempts + 1;
  const dead = reason === "refused" && attempts >= core.config.outbox.attemptsMax;
  const retryInMs = backoffMs(core.random, attempts, RETRY_BASE_MS, RETRY_CEILING_MS);
  await core.outbox.markFailed(null, message.id, { error, retryInMs, dead });
  core.metrics.count("outbox_failed_total", { outcome: dead ? "dead" : "retry" });
  const { messageId, aggregateType, aggregateId, aggregateVersion } = message;
  const fields = { messageId, aggregateType, aggregateId, aggregateVersion, attempts, error };
  if (dead) {
    core.log.error(
      { event: "relay.message_given_up", ...fields },
      "An outbox message was given up and blocks the later messages of its aggregate",
    );
  } else {
    core.log.warn(
      { event: "relay.message_refused", ...fields },
      "The broker refused an outbox message; the relay tries again later",
    );
  }
}
