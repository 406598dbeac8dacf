import type { ReceivedMessage } from "../ports/consumer.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { deadLetterTopicOf } from "./topics.ts";

/** Header values stay readable, and the copy fits where the original did. */
const REASON_LENGTH_MAX = 500;

export interface DeadLetter {
  readonly consumer: string;
  readonly message: ReceivedMessage;
  /** Why no further try would help. */
  readonly reason: string;
  readonly attempts: number;
}

/**
 * Puts a message that a consumer cannot process beside the road, as it came, with where it came
 * from and why.
 * @throws DependencyUnavailableError when the broker is away: the message then comes again
 */
export async function sendDeadLetter(
  core: Pick<CoreContext, "publisher" | "metrics" | "log">,
  letter: DeadLetter,
): Promise<void> {
  const { consumer, message, attempts } = letter;
  const { topic, partition, offset, messageId } = message;
  const reason = letter.reason.slice(0, REASON_LENGTH_MAX);
  const failures = await core.publisher.publish([
    {
      messageId,
      topic: deadLetterTopicOf(topic),
      key: message.key,
      value: message.value,
      headers: {
        ...message.headers,
        "dead-letter-source": `${topic}/${partition}/${offset}`,
        "dead-letter-consumer": consumer,
        "dead-letter-reason": reason,
        "dead-letter-attempts": String(attempts),
      },
    },
  ]);
  core.metrics.count("dead_letters_total", { consumer });
  const fields = { consumer, topic, partition, offset, messageId, reason, attempts };
  if (failures.length === 0) {
    core.log.error(fields, "A message went to the dead letters");
  } else {
    // The original stays where the log says until the topic's retention; nothing is gained by
    // blocking the rest.
    core.log.error(fields, "A message was passed over; the broker refused it as a dead letter");
  }
}
