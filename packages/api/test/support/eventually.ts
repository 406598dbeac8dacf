/** Long enough for a server's restart and a consumer group's rebalance on a busy machine. */
const PATIENCE_MS = 45_000;
const LOOK_MS = 50;

/**
 * Asks until there is an answer: for states that come about in other processes, which send no
 * event.
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
    if (performance.now() > deadlineMs) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
