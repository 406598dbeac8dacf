import type { SeededRandom } from "../chance/seededRandom.ts";
import type { Zipf } from "../chance/zipf.ts";

/**
 * Chooses the seats of a party. The party chooses a popular seat (by Zipf's law, the best seat of
 * the hall first), and takes the free seats that follow it in the list.
 * @param available seats for sale, ascending by rank in the hall
 * @param rankOf the rank of a seat in the hall; 0 is the best
 * @returns up to `partySize` seats; empty when no seat is left
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
  // Near the end of the list, the choice begins earlier, so that the party's seats stay side by
  // side.
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
