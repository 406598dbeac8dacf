import { sendDeadLetter } from "../outbox/sendDeadLetter.ts";
import { topicOf } from "../outbox/topics.ts";
import type { ReceivedMessage, RunningConsumer } from "../ports/consumer.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { CoreError } from "../shared/errors.ts";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "./notifier.ts";
import { readReservationNews } from "./reservationNews.ts";

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
 * Runs the consumer that owes the external platform a notice for each step of a reservation and of
 * a payment. Delivery is another loop's work, so that a slow platform never holds up the messages.
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
        await applyReservationNews(core, message);
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
 * Owes one notice for the message, however often it comes: the inbox record and the notice are one
 * transaction. What cannot be understood goes to the dead letters.
 * @throws DependencyUnavailableError and others after which the message should come again
 */
export async function applyReservationNews(core: Core, message: ReceivedMessage): Promise<void> {
  const read = readReservationNews(message.value);
  if ("problem" in read) {
    const { problem: reason } = read;
    await sendDeadLetter(core, { consumer: NOTIFIER, message, reason, attempts: 1 });
    return;
  }
  const { notice } = read;
  const isNew = await core.withTransaction(async (tx) => {
    if (!(await core.inbox.record(tx, NOTIFIER, notice.messageId))) return false;
    await core.notifications.insert(tx, notice);
    return true;
  });
  core.metrics.count("inbox_messages_total", {
    consumer: NOTIFIER,
    outcome: isNew ? "applied" : "repeated",
  });
}
