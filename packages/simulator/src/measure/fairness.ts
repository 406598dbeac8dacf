/** The times of a buyer's arrival and admission. All buyers use the same unit and start of time. */
export interface Admission {
  readonly arrivedAt: number;
  readonly admittedAt: number;
}

export interface Fairness {
  /** The number of admitted buyers. */
  readonly admitted: number;
  /** The number of pairs in which the later arrival was admitted earlier. */
  readonly overtakings: number;
  /**
   * The number of pairs whose arrivals differ and whose admissions differ. Admissions of one batch
   * have the same time.
   */
  readonly comparablePairs: number;
  /**
   * Goodman and Kruskal's gamma, from -1 to 1. It is 1 when no buyer overtook another. Pairs that
   * were admitted at the same moment do not count. Gamma is also 1 when no pair is left to compare.
   */
  readonly gamma: number;
  /** Largest number of places that one buyer lost: admission rank minus arrival rank. */
  readonly worstLossPlaces: number;
}

/**
 * Measures how closely admissions followed arrivals. Counts the overtakings in n log n steps (W. R.
 * Knight, "A Computer Method for Calculating Kendall's Tau with Ungrouped Data", JASA 61, 1966).
 */
export function fairnessOf(admitted: readonly Admission[]): Fairness {
  const ordered = admitted.toSorted(
    (a, b) => a.arrivedAt - b.arrivedAt || a.admittedAt - b.admittedAt,
  );
  const admissions = ordered.map((admission) => admission.admittedAt);
  const pairs = pairsOf(admitted.length);
  const arrivalTies = tiedPairs(ordered.map((admission) => admission.arrivedAt));
  const admissionTies = tiedPairs(admissions.toSorted((a, b) => a - b));
  const bothTies = tiedPairs(
    ordered.map((admission) => `${admission.arrivedAt}/${admission.admittedAt}`),
  );
  const overtakings = inversions(admissions);
  const comparablePairs = pairs - arrivalTies - admissionTies + bothTies;
  return {
    admitted: admitted.length,
    overtakings,
    comparablePairs,
    gamma: comparablePairs === 0 ? 1 : 1 - (2 * overtakings) / comparablePairs,
    worstLossPlaces: worstLoss(ordered),
  };
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

/** Counts the pairs of equal values in a list in which equal values are adjacent. */
function tiedPairs(grouped: readonly (number | string)[]): number {
  let pairs = 0;
  let run = 0;
  for (let index = 1; index < grouped.length; index++) {
    run = grouped[index] === grouped[index - 1] ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}

/** Counts the pairs i < j with values[i] > values[j], with a bottom-up merge sort. */
function inversions(values: readonly number[]): number {
  let from = Float64Array.from(values);
  let to = new Float64Array(values.length);
  let count = 0;
  for (let width = 1; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width) {
      count += mergeRuns(from, to, start, width);
    }
    [from, to] = [to, from];
  }
  return count;
}

function mergeRuns(from: Float64Array, to: Float64Array, start: number, width: number): number {
  const middle = Math.min(start + width, from.length);
  const end = Math.min(start + 2 * width, from.length);
  let left = start;
  let right = middle;
  let count = 0;
  for (let at = start; at < end; at++) {
    const takeRight = left >= middle || (right < end && (from[right] ?? 0) < (from[left] ?? 0));
    if (takeRight) {
      count += middle - left;
      to[at] = from[right++] ?? 0;
    } else {
      to[at] = from[left++] ?? 0;
    }
  }
  return count;
}

/** Returns the largest value of admission rank minus arrival rank. Equal times share a rank. */
function worstLoss(ordered: readonly Admission[]): number {
  const admissions = ordered.map((admission) => admission.admittedAt).toSorted((a, b) => a - b);
  let worst = 0;
  for (const [index, admission] of ordered.entries()) {
    const earlier = countBelow(admissions, admission.admittedAt);
    worst = Math.max(worst, earlier - index);
  }
  return worst;
}

function countBelow(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
