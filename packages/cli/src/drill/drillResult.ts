import type { Finding, FindingCode, InvariantReport, RunbookReport } from "@onsale/core";

/**
 * repaired: the runbook ended the incident, and every check passed. The others name the state that
 * was not reached: the sale was not healthy before, the finding did not appear, the run did not end
 * as done, messages remain, an invariant is broken, the operator ended the drill, or an error ended
 * it.
 */
export type DrillOutcome =
  | "repaired"
  | "unsteady"
  | "undetected"
  | "unrepaired"
  | "undrained"
  | "violated"
  | "interrupted"
  | "failed";

/** How the incident was found. */
export interface Detection {
  /** Number of looks until the finding appeared, including the look that found it. */
  readonly lookCount: number;
  /**
   * Number of looks that began after the bound of the finding, including the look that found it.
   */
  readonly lookCountBeyondBound: number;
  /** From the incident to the end of the look that found it, ms. */
  readonly tookMs: number;
  readonly findings: readonly Pick<Finding, "code" | "message">[];
}

/** How the runbook ended the incident. */
export interface Repair
  extends Pick<RunbookReport, "status" | "passed" | "failedStep" | "verifications"> {
  /** From the first plan to the end of the verification, ms. */
  readonly tookMs: number;
  /** Number of plans until one was executed. A plan is stale if the incident changed the state. */
  readonly planCount: number;
  /** Why the run stopped, when it did. */
  readonly stopped: string | undefined;
}

/** The result of one drill. */
export interface DrillResult {
  readonly runbook: string;
  readonly incident: string;
  readonly outcome: DrillOutcome;
  /** The findings that the drill waits for; none for a planned change. */
  readonly codes: readonly FindingCode[];
  /** Longest time from the incident until doctor can report its finding, ms. */
  readonly boundMs: number;
  /** Undefined for a planned change, and when nothing was found. */
  readonly detection: Detection | undefined;
  readonly repair: Repair | undefined;
  /** The reason why a state was not reached. */
  readonly reason: string | undefined;
  readonly invariants: InvariantReport | undefined;
  readonly buyers: { readonly arrived: number; readonly bought: number; readonly failed: number };
  readonly totalMs: number;
  /** The database of the drill, when it was kept. */
  readonly database: string | undefined;
}
