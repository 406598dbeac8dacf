import type { Violation } from "../violations.ts";
import type { ProcessHost } from "../virtualProcess.ts";
import type { ExerciseReport } from "./exerciseReport.ts";
import type { IncidentStage } from "./incident.ts";

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

/** The parts of a run that an exercise uses. */
export interface ExerciseSetting
  extends Pick<IncidentStage, "observer" | "processes" | "sale" | "loseRedis"> {
  readonly host: ProcessHost;
  /** Returns the function that reports an error of an actor. */
  failed(name: string): (error: unknown) => void;
}
