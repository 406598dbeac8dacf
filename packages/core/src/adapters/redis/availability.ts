import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";

/** Redis took longer than the command timeout. */
export class LateAnswerError extends Error {
  override readonly name = "LateAnswerError";
}

/** Whether Redis answers, judged by its last answers. */
export interface Availability {
  isUp(): boolean;
  health(): DependencyHealth;
  wentUp(): void;
  wentDown(error: unknown): void;
  /**
   * Waits for an answer, and judges Redis by it.
   * @throws LateAnswerError, and the error of the answer
   */
  listen<T>(answer: Promise<T>): Promise<T>;
}

const LATE = Symbol("late");

/** Starts as down; logs each change once. */
export function redisAvailability(clock: Clock, log: Logger, timeoutMs: number): Availability {
  let up = false;
  let reason: string | undefined = "not connected yet";
  let heardAtMs = Number.NEGATIVE_INFINITY;

  function wentDown(error: unknown): void {
    const why = shortReason(error);
    if (up) {
      log.warn(
        { event: "dependency.down", dependency: "redis", reason: why },
        "Redis does not answer",
      );
    }
    up = false;
    reason = why;
  }

  return {
    isUp: () => up,
    health: () => ({ dependency: "redis", up, ...(reason === undefined ? {} : { reason }) }),
    wentUp() {
      if (!up) log.info({ event: "dependency.up", dependency: "redis" }, "Redis answers");
      up = true;
      reason = undefined;
    },
    wentDown,
    async listen(answer) {
      const first = await inTime(clock, timeoutMs, answer);
      if (first !== LATE) {
        heardAtMs = clock.monotonicMs();
        return first;
      }
      const late = new LateAnswerError(`no answer within ${timeoutMs} ms`);
      // On a busy machine one answer may be late while others come in time: that is no outage.
      if (clock.monotonicMs() - heardAtMs >= timeoutMs) wentDown(late);
      throw late;
    },
  };
}

/**
 * The answer, or LATE. A process that was busy reads the answers that have arrived before it
 * judges; otherwise it would take its own pause for one of the server.
 */
async function inTime<T>(
  clock: Clock,
  timeoutMs: number,
  answer: Promise<T>,
): Promise<T | typeof LATE> {
  const answered = new AbortController();
  async function expire(): Promise<typeof LATE> {
    await clock.sleep(timeoutMs, answered.signal);
    // The event loop reads its sockets between one timer and the next.
    await clock.sleep(0, answered.signal);
    return LATE;
  }
  try {
    return await Promise.race([answer, expire()]);
  } finally {
    // With a reason given, Node creates no DOMException for each call.
    answered.abort("answered");
  }
}

/** The failure in a few words; ioredis never puts credentials into messages. */
function shortReason(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.slice(0, 200);
}
