import type { Clock } from "../../shared/clock.ts";

/** The broker did not answer in time, or the caller's signal ended the wait. */
export class NoAnswerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NoAnswerError";
  }
}

/**
 * Waits for the work for at most `ms`, or until the signal aborts. The work itself continues,
 * because kafkajs cannot be interrupted. After a NoAnswerError the caller must cut the session.
 * @throws NoAnswerError
 */
export async function withinTime<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const settled = new AbortController();
  const giveUp = signal ? AbortSignal.any([settled.signal, signal]) : settled.signal;
  const late = clock.sleep(ms, giveUp).then((): never => {
    throw new NoAnswerError(signal?.aborted ? "stopped waiting" : `no answer within ${ms} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    settled.abort();
  }
}
