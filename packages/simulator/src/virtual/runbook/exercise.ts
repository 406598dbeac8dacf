import type { Violation } from "../violations.ts";
import type { ExerciseReport } from "./exerciseReport.ts";

/** Work of operators in a run, besides the sale. */
export interface Exercise {
  /** How much longer each phase of the run may take, ms. */
  readonly longestMs: number;
  start(): void;
  isDone(): boolean;
  /** Describes the unfinished work, one sentence each. */
  unfinished(): readonly string[];
  /** Reverts planted damage, and checks the work that is done. */
  check(): Promise<readonly Violation[]>;
  report(): ExerciseReport;
  /** Ends the observation of the product. */
  end(): void;
}
