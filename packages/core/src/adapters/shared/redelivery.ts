import type { ConsumerSubscription, ReceivedMessage } from "../../ports/consumer.ts";
import type { Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";

/** The pause before a new attempt doubles with each failure, up to the ceiling. */
const PAUSE_BASE_MS = 100;
const PAUSE_CEILING_MS = 5_000;

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
 * Passes a message to its subscription until the handler resolves. A failed message is retried and
 * delays the messages behind it.
 * @returns false when the signal aborted, or the consumer lost its partitions, before the handler
 *   resolved
 */
export async function untilApplied(
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
