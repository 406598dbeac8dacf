import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A random generator that gives the same numbers for the same seed. */
export interface SeededRandom {
  /** Uniform in [0, 1). */
  next(): number;
}

/** The independent random streams of one seed. Each has a name. */
export type RandomStreams = (name: string) => SeededRandom;

/**
 * Number of first draws that are discarded: in a new generator most bits are equal, and these draws
 * mix them.
 */
const WARM_UP = 64;

/** Knuth's multiplicative constant, 2^32 divided by the golden ratio. */
const GOLDEN = 0x9e3779b9;

/**
 * Each stream has one user, so that the draws of one client never change the draws of another. The
 * same name gives the same numbers each time.
 * @param seed a 32-bit integer
 */
export function randomStreams(seed: number): RandomStreams {
  return (name) => {
    // Created at the first draw, because many streams belong to a request that never draws.
    let generator: ReturnType<typeof xoroshiro128plus> | undefined;
    return {
      next() {
        generator ??= warmGenerator(hashOf(seed, name));
        return uniformFloat64(generator);
      },
    };
  };
}

function warmGenerator(seed: number) {
  const generator = xoroshiro128plus(seed);
  for (let index = 0; index < WARM_UP; index += 1) generator.next();
  return generator;
}

/** Hashes the seed and the name with FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo). */
function hashOf(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed, GOLDEN);
  for (let at = 0; at < name.length; at += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  return Math.imul(hash ^ (hash >>> 15), GOLDEN);
}

/** Returns a whole number from 0 to `count` - 1. Draws once. */
export function below(random: SeededRandom, count: number): number {
  return Math.floor(random.next() * count);
}

/** Returns a uniform number from `low` to `high`. Draws once. */
export function between(random: SeededRandom, low: number, high: number): number {
  return low + random.next() * (high - low);
}

/** Returns true with the given probability. Draws once. */
export function chance(random: SeededRandom, probability: number): boolean {
  return random.next() < probability;
}

/**
 * Returns an exponentially distributed number with the given mean (by inverse transform). Draws
 * once.
 */
export function exponential(random: SeededRandom, mean: number): number {
  return -Math.log(1 - random.next()) * mean;
}

/**
 * Returns one of the keys, each with a probability according to its share.
 * @param shares at least one positive weight; they need not add up to 1
 */
export function weighted<K>(random: SeededRandom, shares: ReadonlyMap<K, number>): K {
  let total = 0;
  for (const share of shares.values()) total += share;
  let left = random.next() * total;
  let last: K | undefined;
  for (const [key, share] of shares) {
    if (share <= 0) continue;
    last = key;
    left -= share;
    if (left < 0) break;
  }
  if (last === undefined) throw new RangeError("weighted() needs at least one positive share");
  return last;
}
