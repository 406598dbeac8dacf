import { codeOf } from "./fixtures.ts";

/** A fair shuffle (Fisher and Yates) by a seeded generator, so that an order can be repeated. */
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

/** Runs `count` calls, at most `width` at a time. @returns the results in the order of the calls */
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

/** Maximum number of refusals. Each of them takes most of a second. */
const REFUSALS_MAX = 20;

/** Time limit, ms: longer than any lock wait, timeout or restart in a test. */
const WAIT_MS_MAX = 10_000;

/** Repeats the check until it returns true. */
export async function until(ask: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + WAIT_MS_MAX;
  while (!(await ask())) {
    if (performance.now() > endMs)
      throw new Error("the condition that the test waits for was not true in time");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * Repeats a request that was refused because no connection was free: such a request has had no
 * effect. A slow machine refuses more requests, and the outcome of the test is the same.
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
