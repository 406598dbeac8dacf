import type { CoreContext } from "../ports/coreContext.ts";
import type { OutboxMessage } from "../ports/outboxStore.ts";
import type { PublishFailure } from "../ports/publisher.ts";
import { backoffMs } from "../shared/random.ts";
import type { HeldBucket } from "./bucketLeases.ts";
import { toPublishedMessage } from "./envelope.ts";

/**
 * Maximum number of messages of a bucket in one round. A round of two buckets then still fits into
 * one or two requests to the broker, and the marking transaction stays short.
 */
export const BUCKET_BATCH_MAX = 500;
/**
 * The buckets of a round share this number of messages, so that one bucket with a long backlog does
 * not delay the others, and a relay of many buckets does not mark tens of thousands of messages in
 * one transaction.
 */
const ROUND_MESSAGES_MAX = 2_000;
/** Each of many buckets still gets enough messages that the statements of its round pay. */
const BUCKET_BATCH_MIN = 50;
/** With these pauses, ten attempts take about ten minutes for a message that the broker refuses. */
const RETRY_BASE_MS = 500;
const RETRY_CEILING_MS = 60_000;
/** Pause before the relay tries again a topic that accepted no messages. */
const TOPIC_RETRY_MS = 5_000;

export interface RelayedBuckets {
  readonly published: number;
  /** True when a batch was full, so that more messages may be due. */
  readonly more: boolean;
  /** The buckets whose lease another relay owns. None of their messages was marked. */
  readonly lost: readonly HeldBucket[];
}

type Core = Pick<
  CoreContext,
  "withTransaction" | "outbox" | "publisher" | "config" | "clock" | "random" | "metrics" | "log"
>;

/** The due messages of one bucket, in order. */
interface Batch {
  readonly held: HeldBucket;
  readonly messages: readonly OutboxMessage[];
}

/**
 * Publishes the due messages of these buckets in order, with one request, and marks them in one
 * transaction under the epochs of the leases: the cost of a round hardly depends on the number of
 * buckets and of messages. A message that fails blocks only the later messages of its aggregate.
 * @throws DependencyUnavailableError when the broker or the database is unavailable: no attempt is
 *   counted, and all messages are published again later
 */
export async function relayBuckets(
  core: Core,
  buckets: readonly HeldBucket[],
): Promise<RelayedBuckets> {
  const { batches, more } = await takeDue(core, buckets);
  const due = batches.flatMap(({ messages }) => messages);
  if (due.length === 0) return { published: 0, more: false, lost: [] };

  const startedMs = core.clock.monotonicMs();
  const failures = await core.publisher.publish(
    due.map((message) => toPublishedMessage(core.config, message)),
  );
  core.metrics.observe("outbox_publish_seconds", {}, (core.clock.monotonicMs() - startedMs) / 1000);

  const failureOf = new Map(failures.map((failure) => [failure.messageId, failure]));
  const sent = batches.flatMap(({ held, messages }) => {
    const ids = messages.flatMap(({ id, messageId }) => (failureOf.has(messageId) ? [] : [id]));
    return ids.length === 0 ? [] : [{ held, ids }];
  });
  const { marked, lost } = await mark(core, sent);
  core.metrics.count("outbox_published_total", {}, marked);
  const failed = firstFailures(due, failureOf);
  for (const { message, failure } of failed) {
    if (failure.reason !== "topic") await markFailed(core, message, failure);
  }
  await postpone(core, failed);
  return { published: marked, more, lost };
}

/** Reads the due messages of the buckets whose lease has not expired meanwhile. */
async function takeDue(core: Core, buckets: readonly HeldBucket[]) {
  const share = Math.floor(ROUND_MESSAGES_MAX / buckets.length);
  const max = Math.min(BUCKET_BATCH_MAX, Math.max(BUCKET_BATCH_MIN, share));
  const taken: Batch[] = [];
  for (const held of buckets) {
    taken.push({ held, messages: await core.outbox.due(null, held.bucket, max) });
  }
  const batches = taken.filter(({ held }) => held.isLive());
  return { batches, more: batches.some(({ messages }) => messages.length === max) };
}

/**
 * Returns the first failed message of each aggregate. The relay did not send the messages behind
 * it.
 */
function firstFailures(
  due: readonly OutboxMessage[],
  failureOf: ReadonlyMap<string, PublishFailure>,
): FailedMessage[] {
  const seen = new Set<string>();
  return due.flatMap((message) => {
    const failure = failureOf.get(message.messageId);
    if (!failure) return [];
    const aggregate = `${message.aggregateType}:${message.aggregateId}`;
    if (seen.has(aggregate)) return [];
    seen.add(aggregate);
    return [{ message, failure }];
  });
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
async function postpone(core: Core, failed: readonly FailedMessage[]): Promise<void> {
  const ofTopics = failed.filter(({ failure }) => failure.reason === "topic");
  for (const [error, group] of Map.groupBy(ofTopics, ({ failure }) => failure.error)) {
    const messages = group.map(({ message }) => message);
    const failure = { error, retryInMs: TOPIC_RETRY_MS };
    const aggregates = await core.outbox.postpone(null, messages, failure);
    if (aggregates === 0) continue;
    core.metrics.count("outbox_failed_total", { outcome: "postponed" }, aggregates);
    core.log.warn(
      { event: "relay.topic_unavailable", aggregates, error },
      "A topic accepts no messages; its messages wait, and messages of other topics go on",
    );
  }
}

interface SentMessages {
  readonly held: HeldBucket;
  readonly ids: readonly number[];
}

/**
 * Marks messages as published in one transaction. When another relay owns one of the buckets, the
 * transaction marks nothing; then each bucket is marked by itself.
 */
async function mark(
  core: Core,
  sent: readonly SentMessages[],
): Promise<{ readonly marked: number; readonly lost: readonly HeldBucket[] }> {
  if (sent.length === 0) return { marked: 0, lost: [] };
  const marked = await markTogether(core, sent);
  if (marked > 0) return { marked, lost: [] };
  const [only] = sent;
  if (sent.length === 1 && only) return { marked: 0, lost: [only.held] };
  const alone: Awaited<ReturnType<typeof mark>>[] = [];
  for (const one of sent) alone.push(await mark(core, [one]));
  return {
    marked: alone.reduce((sum, each) => sum + each.marked, 0),
    lost: alone.flatMap(({ lost }) => lost),
  };
}

function markTogether(core: Core, sent: readonly SentMessages[]): Promise<number> {
  const leases = sent.map(({ held }) => held.lease);
  // In the order of the primary key, so that neighbouring rows are changed one after the other.
  const ids = sent.flatMap((of) => of.ids).toSorted((a, b) => a - b);
  return core.withTransaction((tx) => core.outbox.markPublished(tx, leases, ids));
}

async function markFailed(
  core: Core,
  message: OutboxMessage,
  { error, reason }: PublishFailure,
): Promise<void> {
  const attempts = message.attempts + 1;
  const dead = reason === "refused" && attempts >= core.config.outbox.attemptsMax;
  const retryInMs = backoffMs(core.random, attempts, RETRY_BASE_MS, RETRY_CEILING_MS);
  // Another relay owns the bucket now, or an operator has changed the message.
  if (!(await core.outbox.markFailed(null, message, { error, retryInMs, dead }))) return;
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
