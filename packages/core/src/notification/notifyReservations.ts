import { type Envelope, parseEnvelope } from "../outbox/envelope.ts";
import { deadLetterTopicOf, topicOf } from "../outbox/topics.ts";
import type { ConsumerSubscription, ReceivedMessage } from "../ports/consumer.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { DependencyUnavailableError } from "../shared/errors.ts";
import { noticeOf } from "./noticeOf.ts";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "./notifier.ts";

/** The subscription that turns news of reservations and payments into notices for the outside. */
export function reservationNotifier(core: CoreContext): ConsumerSubscription {
  return {
    consumer: NOTIFIER,
    topics: NOTIFIED_AGGREGATES.map((type) => topicOf(core.config, type)),
    handle: (message) => notifyReservation(core, message),
  };
}

/**
 * Owes a notice for the message, once however often the message comes. What nobody can read goes to
 * the topic's dead letters, so that those behind it go on.
 * @throws DependencyUnavailableError when the database or, for a dead letter, the broker is away: the
 *   message comes again
 */
export async function notifyReservation(
  core: CoreContext,
  message: ReceivedMessage,
): Promise<void> {
  const parsed = parseEnvelope(message.value);
  if ("problem" in parsed) return bury(core, message, parsed.problem);
  const { envelope } = parsed;
  if (!NOTIFIED_AGGREGATES.some((type) => type === envelope.aggregateType)) {
    return bury(core, message, `nothing is known of ${envelope.aggregateType}`);
  }
  const isNew = await owe(core, envelope);
  core.metrics.count("consumed_messages_total", {
    consumer: NOTIFIER,
    outcome: isNew ? "applied" : "repeated",
  });
}

/** The inbox record and its effect commit together, so a repetition finds the record and does nothing. */
function owe(core: CoreContext, envelope: Envelope): Promise<boolean> {
  const { messageId } = envelope;
  return core.withTransaction(async (tx) => {
    if (!(await core.inbox.record(tx, NOTIFIER, messageId))) return false;
    await core.notifications.insert(tx, { messageId, body: noticeOf(envelope) });
    return true;
  });
}

async function bury(core: CoreContext, message: ReceivedMessage, reason: string): Promise<void> {
  const { topic, partition, offset, key, value, headers } = message;
  const messageId = message.messageId || core.ids.uuid();
  const failures = await core.publisher.publish([
    {
      messageId,
      topic: deadLetterTopicOf(topic),
      key,
      value,
      headers: {
        ...headers,
        "message-id": messageId,
        "dead-letter-consumer": NOTIFIER,
        "dead-letter-source": `${topic}/${partition}/${offset}`,
        "dead-letter-reason": reason,
        "dead-letter-attempts": "1",
      },
    },
  ]);
  if (failures.length > 0) {
    throw new DependencyUnavailableError("kafka", { cause: new Error(failures[0]?.error) });
  }
  core.metrics.count("dead_letters_total", { consumer: NOTIFIER });
  core.log.warn({ consumer: NOTIFIER, topic, partition, offset, reason }, "A dead letter");
}
