import type { ConsumerSubscription, ReceivedMessage } from "../../ports/consumer.ts";
import type { Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";

/** The pause before a new attempt doubles with each failure, up to the ceiling. */
const PAUSE_BASE_MS = 100;
const PAUSE_CEILING_MS = 5_000;

/** Maximum number of messages of a group. Larger groups gain nothing, and fail more often. */
export const GROUP_MAX = 64;

/** The parts of redelivery that depend on the broker. */
export interface Redelivery {
  readonly clock: Clock;
  readonly log: Logger;
  /** The reason of a failure, for the log. */
  reasonOf(error: unknown): string;
  /**
   * Sends a heartbeat before each new attempt. Returns false when the consumer has lost its
   * partitions.
   */
  keepsPlace(): Promise<boolean>;
}

/**
 * Applies successive messages of one partition in their order: as one group when the subscription
 * takes groups, and one by one otherwise, or after the group failed.
 * @returns how many of them were applied before the signal aborted or the consumer lost its
 *   partitions
 */
export async function applyInOrder(
  subscription: ConsumerSubscription,
  messages: readonly ReceivedMessage[],
  signal: AbortSignal,
  redelivery: Redelivery,
): Promise<number> {
  if (await isGroupApplied(subscription, messages, redelivery)) return messages.length;
  for (const [index, message] of messages.entries()) {
    if (index > 0 && (signal.aborted || !(await redelivery.keepsPlace()))) return index;
    if (!(await untilApplied(subscription, message, signal, redelivery))) return index;
  }
  return messages.length;
}

/** Returns the messages in groups that the subscription takes, in their order. */
export function groupsOf<Message>(
  { handleGroup }: ConsumerSubscription,
  messages: readonly Message[],
): readonly (readonly Message[])[] {
  const size = handleGroup ? GROUP_MAX : 1;
  const groups: (readonly Message[])[] = [];
  for (let at = 0; at < messages.length; at += size) groups.push(messages.slice(at, at + size));
  return groups;
}

async function isGroupApplied(
  { consumer, handleGroup }: ConsumerSubscription,
  messages: readonly ReceivedMessage[],
  { log, reasonOf }: Redelivery,
): Promise<boolean> {
  if (!handleGroup || messages.length < 2) return false;
  try {
    return await handleGroup(messages);
  } catch (error) {
    const [{ topic, partition, offset } = NOWHERE] = messages;
    log.warn(
      {
        event: "consumer.group_failed",
        ...{ consumer, topic, partition, offset },
        messageCount: messages.length,
        reason: reasonOf(error),
      },
      "A consumer could not apply messages together and applies them one by one",
    );
    return false;
  }
}

const NOWHERE = { topic: "", partition: 0, offset: "" };

/**
 * Passes a message to its subscription until the handler resolves. A failed message is retried and
 * delays the messages behind it.
 * @returns false when the signal aborted, or the consumer lost its partitions, before the handler
 *   resolved
 */
async function untilApplied(
  { consumer, handle }: ConsumerSubscription,
  message: ReceivedMessage,
  signal: AbortSignal,
  { clock, log, reasonOf, keepsPlace }: Redelivery,
): Promise<boolean> {
  const { topic, messageId } = message;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await handle(message);
      return true;
    } catch (error) {
      log.warn(
        {
          event: "consumer.message_failed",
          consumer,
          topic,
          messageId,
          attempt,
          reason: reasonOf(error),
        },
        "A consumer could not apply a message and tries it again",
      );
    }
    await clock.sleep(Math.min(PAUSE_CEILING_MS, PAUSE_BASE_MS * 2 ** (attempt - 1)), signal);
    if (signal.aborted || !(await keepsPlace())) return false;
  }
}
