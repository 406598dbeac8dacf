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
 * - The insert finds the id: the message was applied before. The consumer writes nothing and
 *   acknowledges the message.
 * - The process dies before COMMIT: neither row exists, and Kafka delivers the message again.
 * - The process dies between COMMIT and acknowledgement: Kafka delivers the message again, and step
 *   1 refuses it.
 * - Two consumers have the message at the same time: the second insert waits for the row lock of
 *   the first and is refused after the first COMMIT.
 * - A server is unavailable: the handler rejects, and the message is delivered again until the
 *   server answers. These deliveries do not count as attempts.
 * - The message cannot be read, or fails `ATTEMPTS_MAX` times for another reason: it becomes a dead
 *   letter, and the consumer continues with the next message of the partition.
 *
 * Not promised: the inbox does not recognise a message that is older than the inbox's retention.
 * This retention is twice that of the outbox, so Kafka has usually deleted such a message earlier.
 * A dead letter has no order relative to later messages. The post to the platform is outside this
 * transaction and can happen twice. It contains the message id, so that the platform can detect a
 * repetition.
 *
 *
 *
 *
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

type Core = Pick<
  CoreContext,
  "withTransaction" | "inbox" | "notifications" | "publisher" | "metrics" | "log"
>;

/**
 * Runs the consumer that creates one notification for each event of a reservation and of a payment.
 * Another loop delivers the notifications, so that a slow platform does not delay the consumer.
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
 * the notification are one transaction. A message that the consumer cannot read becomes a dead
 * letter.
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
