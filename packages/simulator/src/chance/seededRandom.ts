import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Chance that a seed repeats exactly. */
export interface SeededRandom {
  /** Uniform in [0, 1). */
  next(): number;
}

/** A small seed leaves most bits alike; only after some turns are they all stirred. */
const WARM_UP = 64;

/**
 * Independent streams of one seed: stream n is the generator jumped n times by 2^64 steps, so that
 * what one buyer draws never shifts what another draws.
 * @param seed a 32-bit integer
 * @returns a function that gives the next stream at each call
 */
export function seededStreams(seed: number): () => SeededRandom {
  const head = xoroshiro128plus(seed | 0);
  for (let index = 0; index < WARM_UP; index++) head.next();
  return () => {
    const own = head.clone();
    head.jump();
    return { next: () => uniformFloat64(own) };
  };
}

/** True with the given probability; draws once. */
export function chance(random: SeededRandom, probability: number): boolean {
  return random.next() < probability;
}

/** Exponentially distributed with the given mean (inverse transform); draws once. */
export function exponential(random: SeededRandom, mean: number): number {
  return -Math.log(1 - random.next()) * mean;
}

/**
 * One of the keys, by its share.
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
