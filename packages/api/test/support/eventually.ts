/** Long enough for the restart of a server and a rebalance of consumers on a busy machine. */
const PATIENCE_MS = 45_000;
const LOOK_MS = 50;

/**
 * Calls `ask` repeatedly until it returns a value. For the state of another process, because such a
 * state sends no event.
 * @returns the first answer that is not undefined
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadlineMs) throw new Error(`did not happen in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
