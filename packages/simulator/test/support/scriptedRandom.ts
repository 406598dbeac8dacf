import type { SeededRandom } from "../../src/chance/seededRandom.ts";

/** Gives the listed numbers in turn, and the last one for ever. */
export function scriptedRandom(...values: readonly number[]): SeededRandom {
  let index = 0;
  return { next: () => values[Math.min(index++, values.length - 1)] ?? 0 };
}
