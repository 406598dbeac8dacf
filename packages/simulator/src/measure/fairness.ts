/** Arrival and admission of one buyer; all buyers share one unit and one origin. */
export interface Admission {
  readonly arrivedAt: number;
  readonly admittedAt: number;
}

export interface Fairness {
  /** Admitted buyers. */
  readonly admitted: number;
  /** Pairs in which the later arrival was admitted earlier. */
  readonly overtakings: number;
  /** Pairs whose arrivals and admissions both differ; one batch admits many at one moment. */
  readonly comparablePairs: number;
  /**
   * Goodman and Kruskal's gamma in [-1, 1]: 1 when no buyer overtook another. Pairs admitted at
   * one moment do not count. Gamma is 1 when no pair can be compared.
   */
  readonly gamma: number;
  /** The most places that one buyer lost: admission rank minus arrival rank. */
  readonly worstLossPlaces: number;
}

/**
 * Measures how closely admissions followed arrivals. Counts overtakings in n log n steps (W. R.
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

/** Pairs of equal values in a list whose equal values are adjacent. */
function tiedPairs(grouped: readonly (number | string)[]): number {
  let pairs = 0;
  let run = 0;
  for (let index = 1; index < grouped.length; index++) {
    run = grouped[index] === grouped[index - 1] ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}

/** Pairs i < j with values[i] > values[j], by merge sort from the bottom up. */
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

/**
 * The largest gain of a buyer's admission rank over the arrival rank; equal moments share a rank.
 */
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
