import type { ConsumerSubscription, ReceivedMessage } from "../../ports/consumer.ts";
import type { Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";

/** Pauses before a message that failed is tried again: twice as long each time. */
const PAUSE_BASE_MS = 100;
const PAUSE_CEILING_MS = 5_000;

/** What a broker's adapter does about a message that failed. */
export interface Redelivery {
  readonly clock: Clock;
  readonly log: Logger;
  /** What the log says of a failure. */
  reasonOf(error: unknown): string;
  /** Shows the broker, before each new attempt, that the member lives; false gives up. */
  keepsPlace(): Promise<boolean>;
}

/**
 * Hands a message to its subscription until it was applied. One that fails comes again, and holds
 * up everything behind it.
 * @returns false when it was given up: the signal came, or the place in the group was lost
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
        { consumer, topic, messageId, attempt, reason: reasonOf(error) },
        "A message could not be applied and will come again",
      );
    }
    await clock.sleep(Math.min(PAUSE_CEILING_MS, PAUSE_BASE_MS * 2 ** (attempt - 1)), signal);
    if (signal.aborted || !(await keepsPlace())) return false;
  }
}
