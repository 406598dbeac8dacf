import type { Admission } from "./fairness.ts";

/** Maximum number of points in one chart, because more points overlap. */
const POINTS_MAX = 2000;

/**
 * Returns the arrival rank and the admission rank of each buyer, from 0. Buyers who were admitted
 * at the same moment share the mean of their ranks. When there are more than `POINTS_MAX` buyers,
 * only every n-th is returned.
 */
export function admissionRanks(admitted: readonly Admission[]): [number, number][] {
  const admittedRank = sharedRanks(admitted.map((admission) => admission.admittedAt));
  const byArrival = admitted.toSorted((a, b) => a.arrivedAt - b.arrivedAt);
  const every = Math.ceil(Math.max(1, admitted.length) / POINTS_MAX);
  return byArrival.flatMap((admission, rank) =>
    rank % every === 0 ? [[rank, admittedRank.get(admission.admittedAt) ?? 0]] : [],
  );
}

function sharedRanks(values: readonly number[]): ReadonlyMap<number, number> {
  const sorted = values.toSorted((a, b) => a - b);
  const ranks = new Map<number, number>();
  for (let first = 0; first < sorted.length; ) {
    const value = sorted[first] ?? 0;
    let end = first;
    while (end < sorted.length && sorted[end] === value) end++;
    ranks.set(value, Math.floor((first + end - 1) / 2));
    first = end;
  }
  return ranks;
}
