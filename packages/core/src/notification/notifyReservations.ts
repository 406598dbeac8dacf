import { sendDeadLetter } from "../outbox/sendDeadLetter.ts";
import { topicOf } from "../outbox/topics.ts";
import type { ReceivedMessage, RunningConsumer } from "../ports/consumer.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { CoreError } from "../shared/errors.ts";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "./notifier.ts";
import { readNotification } from "./readNotification.ts";

/**
 * The consumer inbox: how each event takes effect once.
 *
 * Kafka delivers at least once. A message arrives again when the relay published it twice, when a
 * consumer dies before its acknowledgement, when partitions move to another consumer, and when an
 * operator replays a topic. So the consumer applies a message in one transaction with two writes:
 *
 *   1. `inbox.record` inserts (consumer, message id); the primary key refuses a second insert.
 *   2. The effect: one row in `notifications`.
 *
 * - The insert finds the id: the message was applied before. Commit nothing, acknowledge.
 * - The process dies before COMMIT: neither row exists, Kafka delivers the message again.
 * - The process dies between COMMIT and acknowledgement: Kafka delivers again, step 1 refuses.
 * - Two consumers have the message at once: the second insert waits for the row lock of the first
 *   and is refused after the first COMMIT.
 * - A server is unavailable: the handler rejects, and the same message comes again until the server
 *   answers. No attempt is counted.
 * - The message cannot be read, or fails `ATTEMPTS_MAX` times for another reason: it becomes a dead
 *   letter, and the partition goes on.
 *
 * Not promised: that a message older than the inbox's retention is recognised (twice the outbox's,
 * so that Kafka has dropped it first), and an order of dead letters relative to later messages. The
 * post to the platform is outside this transaction and can happen twice; `deliverNotifications`
 * sends the message id with it.
 */

/** Attempts for a message that fails while all servers answer; its partition waits meanwhile. */
const ATTEMPTS_MAX = 5;
/** Counters of failed messages: one for each partition, and a few whose partition moved away. */
const FAILING_MAX = 1_000;

type Core = Pick<
  CoreContext,
  "withTransaction" | "inbox" | "notifications" | "publisher" | "metrics" | "log"
>;

/**
 * Runs the consumer that creates one notification for each event of a reservation and of a payment.
 * Another loop delivers them, so that a slow platform never delays the consumer.
 */
export function notifyReservations(
  core: Core & Pick<CoreContext, "config" | "consumers">,
): Promise<RunningConsumer> {
  const attemptsOf = new Map<string, number>();

  return core.consumers.run({
    consumer: NOTIFIER,
    topics: NOTIFIED_AGGREGATES.map((type) => topicOf(core.config, type)),
    async handle(message) {
      const place = `${message.topic}/${message.partition}/${message.offset}`;
      try {
        await createNotification(core, message);
      } catch (error) {
        if (error instanceof CoreError && error.retryable) throw error;
        const attempts = (attemptsOf.get(place) ?? 0) + 1;
        if (attemptsOf.size >= FAILING_MAX) attemptsOf.clear();
        attemptsOf.set(place, attempts);
        if (attempts < ATTEMPTS_MAX) throw error;
        await sendDeadLetter(core, {
          consumer: NOTIFIER,
          message,
          reason: String(error),
          attempts,
        });
      }
      attemptsOf.delete(place);
    },
  });
}

/**
 * Creates one notification for the message, however often the message arrives: the inbox record and
 * the notification are one transaction. A message that is not understood becomes a dead letter.
 * @throws DependencyUnavailableError and other errors after which Kafka delivers the message again
 */
export async function createNotification(core: Core, message: ReceivedMessage): Promise<void> {
  const read = readNotification(message.value);
  if ("problem" in read) {
    const { problem: reason } = read;
    await sendDeadLetter(core, { consumer: NOTIFIER, message, reason, attempts: 1 });
    return;
  }
  const { notification } = read;
  const isNew = await core.withTransaction(async (tx) => {
    if (!(await core.inbox.record(tx, NOTIFIER, notification.messageId))) return false;
    await core.notifications.insert(tx, notification);
    return true;
  });
  core.metrics.count("inbox_messages_total", {
    consumer: NOTIFIER,
    outcome: isNew ? "applied" : "repeated",
  });
}
