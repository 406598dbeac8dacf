/**
 * Random numbers for jitter and choices, never for secrets. A simulation derives them from its
 * seed.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** The machine's generator. */
export const systemRandom: Random = { next: () => Math.random() };

/**
 * Changes a value at random, so that many waiting callers do not return at the same moment.
 * @param spread share of the value by which the result may differ: 0.2 gives 80 % to 120 %
 */
export function jittered(random: Random, value: number, spread: number): number {
  return value * (1 - spread + 2 * spread * random.next());
}

/**
 * Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015).
 * @param attempt 1 for the first retry
 * @returns milliseconds in [0, min(ceilingMs, baseMs * 2^(attempt-1)))
 */
export function backoffMs(
  random: Random,
  attempt: number,
  baseMs: number,
  ceilingMs: number,
): number {
  return random.next() * Math.min(ceilingMs, baseMs * 2 ** (attempt - 1));
}
