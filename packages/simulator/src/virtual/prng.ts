import type { SeededRandom } from "../chance/seededRandom.ts";

/** Knuth's multiplicative constant, 2^32 divided by the golden ratio. */
const GOLDEN = 0x9e3779b9;

/**
 * A stream of chance for a name: two names of one seed have nothing in common, and a stream is made
 * in a few nanoseconds, which the generators with jumps of the live engine are not.
 * The name is hashed by FNV-1a, the numbers are mulberry32's (T. Ettinger, public domain).
 */
export function namedStream(seed: number, name: string): SeededRandom {
  let hash = 0x811c9dc5 ^ Math.imul(seed, GOLDEN);
  for (let at = 0; at < name.length; at += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  let state = Math.imul(hash ^ (hash >>> 15), GOLDEN);
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}

/** A whole number from 0 up to, not including, `count`. */
export function below(random: SeededRandom, count: number): number {
  return Math.floor(random.next() * count);
}

/** Uniform between the two. */
export function between(random: SeededRandom, low: number, high: number): number {
  return low + random.next() * (high - low);
}
