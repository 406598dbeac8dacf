import type { AggregateType } from "../events/eventCatalog.ts";
import type { ReceivedMessage, RunningConsumer } from "../ports/consumer.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { CoreError } from "../shared/errors.ts";
import { sendDeadLetter } from "./sendDeadLetter.ts";
import { topicOf } from "./topics.ts";

/**
 * The consumer inbox: how each event takes effect once.
 *
 * Kafka delivers at least once. A message arrives again when the relay published it twice, when a
 * consumer dies before its acknowledgement, when partitions move to another consumer, and when an
 * operator replays a topic. So the consumer applies a message in one transaction with two parts:
 *
 *   1. `inbox.record` inserts (consumer, message id); the primary key refuses a second insert.
 *   2. The effect: the notifier inserts a notification, the sales projection counts a sale.
 *
 * - The insert finds the id: the message was applied before. The consumer writes nothing and
 *   acknowledges the message.
 * - The process dies before COMMIT: neither part exists, and Kafka delivers the message again.
 * - The process dies between COMMIT and acknowledgement: Kafka delivers the message again, and step
 *   1 refuses it.
 * - Two consumers have the message at the same time: the second insert waits for the row lock of
 *   the first and is refused after the first COMMIT.
 * - A server is unavailable: the handler rejects, and the message is delivered again until the
 *   server answers. These deliveries do not count as attempts.
 * - The message cannot be read, or fails `ATTEMPTS_MAX` times for another reason: it becomes a dead
 *   letter, and the consumer continues with the next message of the partition.
 *
 * A consumer may also apply several messages in one transaction. When one of them is in the inbox
 * already, or cannot be read or applied, none of them is applied. Each then gets a transaction of
 * its own.
 *
 * Not promised: the inbox does not recognise a message that is older than the inbox's retention.
 * This retention is twice that of the outbox, so Kafka has usually deleted such a message earlier.
 * A dead letter has no order relative to later messages.
 */

/**
 * Maximum number of attempts for a message that fails while all servers answer. The partition of
 * the message waits during these attempts.
 */
const ATTEMPTS_MAX = 5;
/**
 * Maximum number of counters of failed messages. Each partition needs one; a few more belong to
 * partitions that moved to another consumer.
 */
const FAILING_MAX = 1_000;

type Core = Pick<CoreContext, "withTransaction" | "inbox" | "publisher" | "metrics" | "log">;

/** The ports that every consumer needs. Its effect may need others. */
export type ConsumingCore = Core & Pick<CoreContext, "config" | "consumers">;

/** A message that the consumer can apply, or the reason why no repetition of it can succeed. */
export type ReadMessage<Effect> =
  | { readonly messageId: string; readonly effect: Effect }
  | { readonly problem: string };

/** A consumer of events: its name, its topics, and its effect. */
export interface EventConsumer<Effect> {
  /** The name of its group, and of its inbox records. */
  readonly consumer: string;
  readonly aggregates: readonly AggregateType[];
  /** Reads the value of a message. */
  read(value: string): ReadMessage<Effect>;
  /** Writes the effect of a message that was not applied before. */
  apply(tx: Tx, effect: Effect): Promise<void>;
  /**
   * Writes the effects of several messages, in their order.
   * @returns false when they cannot be written together; what was written is then rolled back
   */
  readonly applyAll?: ApplyAll<Effect>;
}

type ApplyAll<Effect> = (tx: Tx, effects: readonly Effect[]) => Promise<boolean>;

/** Rolls a group back. */
class NotTogetherError extends Error {}

/** Runs a consumer that applies each event once. */
export function consumeEvents<Effect>(
  core: ConsumingCore,
  of: EventConsumer<Effect>,
): Promise<RunningConsumer> {
  const { consumer, aggregates, applyAll } = of;
  const attemptsOf = new Map<string, number>();

  return core.consumers.run({
    consumer,
    topics: aggregates.map((type) => topicOf(core.config, type)),
    async handle(message) {
      const place = `${message.topic}/${message.partition}/${message.offset}`;
      try {
        await applyMessage(core, of, message);
      } catch (error) {
        if (error instanceof CoreError && error.retryable) throw error;
        const attempts = (attemptsOf.get(place) ?? 0) + 1;
        if (attemptsOf.size >= FAILING_MAX) attemptsOf.clear();
        attemptsOf.set(place, attempts);
        if (attempts < ATTEMPTS_MAX) throw error;
        await sendDeadLetter(core, { consumer, message, reason: String(error), attempts });
      }
      attemptsOf.delete(place);
    },
    ...(applyAll && { handleGroup: (messages) => applyGroup(core, of, applyAll, messages) }),
  });
}

/**
 * Applies all messages in one transaction.
 * @returns false when none was applied, because they cannot be applied together
 */
async function applyGroup<Effect>(
  core: Core,
  { consumer, read }: EventConsumer<Effect>,
  applyAll: ApplyAll<Effect>,
  messages: readonly ReceivedMessage[],
): Promise<boolean> {
  const messageIds: string[] = [];
  const effects: Effect[] = [];
  for (const { value } of messages) {
    const found = read(value);
    if ("problem" in found) return false;
    messageIds.push(found.messageId);
    effects.push(found.effect);
  }
  try {
    await core.withTransaction(async (tx) => {
      const recorded = await core.inbox.recordAll(tx, consumer, messageIds);
      if (recorded < messageIds.length) throw new NotTogetherError("one was applied before");
      if (!(await applyAll(tx, effects))) throw new NotTogetherError("they cannot be applied");
    });
  } catch (error) {
    if (error instanceof NotTogetherError) return false;
    throw error;
  }
  core.metrics.count("inbox_messages_total", { consumer, outcome: "applied" }, messages.length);
  return true;
}

/**
 * Applies the message, however often it arrives: the inbox record and the effect are one
 * transaction. A message that the consumer cannot read becomes a dead letter.
 * @throws DependencyUnavailableError and other errors after which Kafka delivers the message again
 */
async function applyMessage<Effect>(
  core: Core,
  { consumer, read, apply }: EventConsumer<Effect>,
  message: ReceivedMessage,
): Promise<void> {
  const found = read(message.value);
  if ("problem" in found) {
    const { problem: reason } = found;
    await sendDeadLetter(core, { consumer, message, reason, attempts: 1 });
    return;
  }
  const { messageId, effect } = found;
  const isNew = await core.withTransaction(async (tx) => {
    if (!(await core.inbox.record(tx, consumer, messageId))) return false;
    await apply(tx, effect);
    return true;
  });
  core.metrics.count("inbox_messages_total", {
    consumer,
    outcome: isNew ? "applied" : "repeated",
  });
}
