import { sendDeadLetter } from "../outbox/sendDeadLetter.ts";
import { topicOf } from "../outbox/topics.ts";
import type { ReceivedMessage, RunningConsumer } from "../ports/consumer.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { CoreError } from "../shared/errors.ts";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "./notifier.ts";
import { readNotification } from "./readNotification.ts";

/**
 * A message that fails by itself, not for a server that is away, holds up its partition so often at
 * most.
 */
const ATTEMPTS_MAX = 5;
/**
 * Messages that have failed and not yet succeeded: one for each partition, and a few that moved.
 */
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
