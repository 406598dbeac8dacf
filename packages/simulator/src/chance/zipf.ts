import type { SeededRandom } from "./seededRandom.ts";

/** Draws ranks. Rank 0 is the most popular. */
export interface Zipf {
  readonly size: number;
  /** Returns a rank from 0 to size - 1. */
  rank(random: SeededRandom): number;
}

/**
 * Draws by Zipf's law: rank k (counted from 1) has a probability in proportion to 1 / k^exponent. A
 * draw is a binary search in a table of cumulated weights.
 * @param exponent 0: uniform; 1: Zipf's original law; higher: the first ranks are even more popular
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
