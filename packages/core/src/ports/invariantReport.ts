import type { InvariantId } from "../shared/invariantTitles.ts";

/** One row, or several related rows, that break a rule. */
export interface Violation {
  /** The violation as a sentence. */
  readonly message: string;
  readonly ids: Readonly<Record<string, unknown>>;
}

/** The result of the checker of one invariant. */
export interface CheckResult {
  /**
   * The number of rows that the checker read. When it is zero, a result without violations proves
   * nothing.
   */
  readonly rowsRead: number;
  /** The first violations, at most `VIOLATIONS_SHOWN_MAX`. */
  readonly violations: readonly Violation[];
  readonly violationCount: number;
}

export interface InvariantResult extends CheckResult {
  readonly id: InvariantId;
  readonly title: string;
  readonly holds: boolean;
}

/** The results of the checkers of I1 to I10. */
export interface InvariantReport {
  readonly holds: boolean;
  readonly results: readonly InvariantResult[];
}
