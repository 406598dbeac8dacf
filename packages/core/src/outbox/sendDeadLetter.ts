import { z } from "zod";
import type { ReceivedMessage } from "../ports/consumer.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { deadLetterTopicOf } from "./topics.ts";

/**
 * Maximum length of the reason: the header stays readable, and the copy still fits into Kafka's
 * message limit.
 */
const REASON_LENGTH_MAX = 500;

/** The headers of a dead letter in addition to the headers of the original message. */
export const deadLetterHeadersSchema = z.object({
  "dead-letter-source": z.string().describe("Topic, partition and offset of the original message"),
  "dead-letter-consumer": z.string().describe("Name of the consumer that gave the message up"),
  "dead-letter-reason": z
    .string()
    .max(REASON_LENGTH_MAX)
    .describe("Why the consumer cannot process the message"),
  "dead-letter-attempts": z.string().describe("Number of attempts, in decimal digits"),
});

export interface DeadLetter {
  readonly consumer: string;
  readonly message: ReceivedMessage;
  /** Why another attempt cannot succeed. */
  readonly reason: string;
  readonly attempts: number;
}

/**
 * Copies a message that a consumer cannot process to the dead-letter topic of its topic, unchanged,
 * with its source and the reason as headers.
 * @throws DependencyUnavailableError when the broker is unavailable: the consumer then receives the
 *   message again
 */
export async function sendDeadLetter(
  core: Pick<CoreContext, "publisher" | "metrics" | "log">,
  letter: DeadLetter,
): Promise<void> {
  const { consumer, message, attempts } = letter;
  const { topic, partition, offset, messageId } = message;
  const reason = letter.reason.slice(0, REASON_LENGTH_MAX);
  const headers: z.infer<typeof deadLetterHeadersSchema> = {
    "dead-letter-source": `${topic}/${partition}/${offset}`,
    "dead-letter-consumer": consumer,
    "dead-letter-reason": reason,
    "dead-letter-attempts": String(attempts),
  };
  const failures = await core.publisher.publish([
    {
      messageId,
      topic: deadLetterTopicOf(topic),
      key: message.key,
      value: message.value,
      headers: { ...message.headers, ...headers },
    },
  ]);
  core.metrics.count("dead_letters_total", { consumer });
  const fields = { consumer, topic, partition, offset, messageId, reason, attempts };
  if (failures.length === 0) {
    core.log.error(
      { event: "consumer.dead_letter_sent", ...fields },
      "A consumer cannot process a message and copied it to the dead-letter topic",
    );
  } else {
    // The consumer drops the copy and continues. The original stays in its topic until the topic's
    // retention ends, and blocking the partition would not make the broker accept the copy.
    core.log.error(
      { event: "consumer.dead_letter_refused", ...fields },
      "A consumer skipped a message: the broker refused its copy on the dead-letter topic",
    );
  }
}
