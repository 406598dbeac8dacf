import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs the work immediately, and then every `everyMs` until the signal aborts. Returns the last
 * result.
 */
export async function repeatUntil<T>(
  signal: AbortSignal,
  everyMs: number,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    const result = await work();
    // The sleep rejects when the signal aborts it. This is the normal end, not an error.
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return result;
  }
}
