import type { SeededRandom } from "./seededRandom.ts";

/** Draws ranks, 0 the most popular. */
export interface Zipf {
  readonly size: number;
  /** A rank in [0, size). */
  rank(random: SeededRandom): number;
}

/**
 * Zipf's law: rank k (from 1) is drawn in proportion to 1 / k^exponent. By bisection in the table
 * of cumulated weights, which is exact and costs log2(size) steps.
 * @param exponent 0 is uniform; 1 is the classical law; more crowds the front
 * @throws RangeError for an empty range
 */
export function zipf(size: number, exponent: number): Zipf {
  if (size < 1) throw new RangeError("A Zipf law needs at least one rank");
  const cumulated = new Float64Array(size);
  let total = 0;
  for (let rank = 0; rank < size; rank++) {
    total += 1 / (rank + 1) ** exponent;
    cumulated[rank] = total;
  }
  return {
    size,
    rank(random) {
      const wanted = random.next() * total;
      let low = 0;
      let high = size - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((cumulated[middle] ?? total) > wanted) high = middle;
        else low = middle + 1;
      }
      return low;
    },
  };
}
