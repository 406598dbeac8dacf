import type { SeededRandom } from "../chance/seededRandom.ts";
import type { Zipf } from "../chance/zipf.ts";

/**
 * Seats of a party: it aims at a popular seat (Zipf over the whole hall, best first) and takes
 * those for sale from there on, side by side in the list.
 * @param available what is for sale, ascending by rank in the hall
 * @param rankOf a seat's place in the hall, 0 the best
 * @returns up to `partySize` seats, fewer when fewer are left; empty when none is
 */
export function chooseSeats<Seat>(
  available: readonly Seat[],
  rankOf: (seat: Seat) => number,
  partySize: number,
  popularity: Zipf,
  random: SeededRandom,
): readonly Seat[] {
  const count = Math.min(partySize, available.length);
  if (count === 0) return [];
  const start = firstAtOrAfter(available, rankOf, popularity.rank(random));
  // A party that would run past the end moves back, so that it still sits together.
  const begin = Math.min(start, available.length - count);
  return available.slice(begin, begin + count);
}

function firstAtOrAfter<Seat>(
  available: readonly Seat[],
  rankOf: (seat: Seat) => number,
  rank: number,
): number {
  let low = 0;
  let high = available.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const seat = available[middle];
    if (seat !== undefined && rankOf(seat) < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}
