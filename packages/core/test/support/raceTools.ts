import { codeOf } from "./fixtures.ts";

/**
 * A fair shuffle (Fisher and Yates) by a seeded generator, so that a failing order can be
 * repeated.
 */
export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const copy = [...list];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [copy[last], copy[other]];
    if (a !== undefined && b !== undefined) [copy[last], copy[other]] = [b, a];
  }
  return copy;
}

/** Mulberry32: a small seeded generator, uniform in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Runs `count` of a thing, at most `width` at a time; answers in the order of the things. */
export async function inParallel<T>(
  count: number,
  width: number,
  run: (index: number) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const results: PromiseSettledResult<T>[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    while (next < count) {
      const index = next;
      next += 1;
      const [result] = await Promise.allSettled([run(index)]);
      if (result) results[index] = result;
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
  return results;
}

/** Each of them took the caller most of a second. */
const REFUSALS_MAX = 20;

/** Longer than any lock wait, timeout or restart that a test provokes. */
const WAIT_MS_MAX = 10_000;

/** Asks again until the answer is yes. */
export async function until(ask: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + WAIT_MS_MAX;
  while (!(await ask())) {
    if (performance.now() > endMs) throw new Error("what the test waits for does not happen");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * Asks again as long as no connection was free, which says that nothing was begun; every other
 * answer, good or bad, is the answer. A slow machine turns more callers away, and the outcome is
 * the same.
 */
export async function patiently<T>(request: () => Promise<T>): Promise<T> {
  for (let refusals = 0; ; refusals += 1) {
    try {
      return await request();
    } catch (error) {
      if (codeOf(error) !== "OVERLOADED" || refusals === REFUSALS_MAX) throw error;
    }
  }
}
