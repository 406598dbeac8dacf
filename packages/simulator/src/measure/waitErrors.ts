/** A waiting time that an answer estimated, and the time until the admission. */
export interface ComparedWait {
  readonly estimatedMs: number;
  readonly realMs: number;
}

/** The differences between estimated and real waiting times. All are 0 without a wait. */
export interface WaitErrors {
  readonly count: number;
  /** Percentiles of the difference, ms. */
  readonly p50Ms: number;
  readonly p90Ms: number;
  /** Percentiles of the difference as a share of the real time. */
  readonly p50Share: number;
  readonly p90Share: number;
  /** Share of the waits within `WAIT_GOAL`. */
  readonly withinGoal: number;
}

/** An estimate is good if it differs from the real time by at most one of the two. */
export const WAIT_GOAL = { share: 0.15, ms: 10_000 } as const;

/** Compares estimated waiting times with the real ones. */
export function waitErrorsOf(waits: readonly ComparedWait[]): WaitErrors {
  const errors = waits.map(({ estimatedMs, realMs }) => Math.abs(estimatedMs - realMs));
  // A share of a very short time says nothing, so a real time counts as a second at least.
  const shares = waits.map(({ realMs }, index) => (errors[index] ?? 0) / Math.max(1000, realMs));
  const good = errors.filter(
    (error, index) => error <= WAIT_GOAL.ms || (shares[index] ?? 0) <= WAIT_GOAL.share,
  );
  const at = (values: readonly number[], share: number): number =>
    values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0;
  return {
    count: waits.length,
    p50Ms: at(errors, 0.5),
    p90Ms: at(errors, 0.9),
    p50Share: at(shares, 0.5),
    p90Share: at(shares, 0.9),
    withinGoal: waits.length === 0 ? 0 : good.length / waits.length,
  };
}
