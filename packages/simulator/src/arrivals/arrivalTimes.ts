import { exponential, type SeededRandom } from "../chance/seededRandom.ts";

/** How buyers come: all at once, evenly, more and more, or by chance at an even rate. */
export const arrivalKinds = ["burst", "step", "ramp", "poisson"] as const;
export type ArrivalKind = (typeof arrivalKinds)[number];

/**
 * When each buyer means to start, in ms after the sale opens, ascending. The process is open:
 * no client waits for another, so a slow server gets the same arrivals as a fast one.
 * @param durationMs over which they come; a burst ignores it
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
