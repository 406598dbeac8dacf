import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";

/** Redis took longer than the command timeout. */
export class LateAnswerError extends Error {
  override readonly name = "LateAnswerError";
}

/** Decides from the results of the last commands whether Redis answers. */
export interface Availability {
  isUp(): boolean;
  health(): DependencyHealth;
  wentUp(): void;
  wentDown(error: unknown): void;
  /**
   * Waits for the answer of a command and updates the state of Redis.
   * @throws LateAnswerError after the command timeout, and the error of the answer
   */
  listen<T>(answer: Promise<T>): Promise<T>;
}

const LATE = Symbol("late");

/** Redis counts as down until its first answer. Each change of the state is logged once. */
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
      // Redis counts as down only when it answered no command within the timeout. A single late
      // answer is not an outage.
      if (clock.monotonicMs() - heardAtMs >= timeoutMs) wentDown(late);
      throw late;
    },
  };
}

/**
 * Returns the answer, or LATE after the timeout. A busy process may find an answer in its socket
 * only after the timeout. The function therefore reads the sockets once more before it returns
 * LATE, so that a pause of the process does not count as an outage of Redis.
 */
async function inTime<T>(
  clock: Clock,
  timeoutMs: number,
  answer: Promise<T>,
): Promise<T | typeof LATE> {
  const answered = new AbortController();
  async function expire(): Promise<typeof LATE> {
    await clock.sleep(timeoutMs, answered.signal);
    // Between the end of the first timer and the end of this one, the event loop reads its sockets.
    await clock.sleep(0, answered.signal);
    return LATE;
  }
  try {
    return await Promise.race([answer, expire()]);
  } finally {
    // With a reason, `abort` does not create a DOMException for each call.
    answered.abort("answered");
  }
}

/** A short text of the failure. ioredis never puts credentials into error messages. */
function shortReason(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.slice(0, 200);
}
