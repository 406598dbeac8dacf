import { exponential, type SeededRandom } from "../chance/seededRandom.ts";

/**
 * The arrival patterns: all buyers at the same moment, at an even rate, at a growing rate, or at
 * random with an even mean rate.
 */
export const arrivalKinds = ["burst", "step", "ramp", "poisson"] as const;
export type ArrivalKind = (typeof arrivalKinds)[number];

/**
 * Returns the intended start of each buyer, in ms after the sale opens, ascending. No buyer waits
 * for another, so a slow server gets the same arrivals as a fast one.
 * @param durationMs the span of the arrivals; not used by a burst
 */
export function arrivalTimes(
  kind: ArrivalKind,
  buyers: number,
  durationMs: number,
  random: SeededRandom,
): readonly number[] {
  switch (kind) {
    case "burst":
      return Array.from({ length: buyers }, () => 0);
    case "step":
      return Array.from({ length: buyers }, (_, index) => (index * durationMs) / buyers);
    case "ramp":
      // The rate grows linearly from 0, so the count grows with the square of time.
      return Array.from({ length: buyers }, (_, index) => durationMs * Math.sqrt(index / buyers));
    case "poisson":
      return poissonTimes(buyers, durationMs, random);
  }
}

function poissonTimes(buyers: number, durationMs: number, random: SeededRandom): number[] {
  const meanGapMs = durationMs / buyers;
  const times: number[] = [];
  let atMs = 0;
  for (let index = 0; index < buyers; index++) {
    atMs += exponential(random, meanGapMs);
    times.push(atMs);
  }
  return times;
}
