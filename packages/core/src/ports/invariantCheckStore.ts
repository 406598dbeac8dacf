import type { InvariantReport } from "./invariantReport.ts";

/** The last complete check of the invariants. */
export interface LastInvariantCheck {
  readonly report: InvariantReport;
  /** Time since the check read its snapshot, ms by the database's clock. */
  readonly ageMs: number;
}

/** Stores the result of the last complete check of the invariants. */
export interface InvariantCheckStore {
  /**
   * Replaces the stored result.
   * @param ageMs the time since the check read its snapshot
   */
  save(report: InvariantReport, ageMs: number): Promise<void>;
  /** Returns undefined when no check is stored. */
  last(): Promise<LastInvariantCheck | undefined>;
}
