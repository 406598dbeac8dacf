import type { Step } from "./operation.ts";

/** The progress of a run, for its display. */
export interface RunProgress {
  readonly jobId: string;
  /** changing: when the run begins, and after each step. verifying: all steps are done. */
  readonly stage: "changing" | "verifying";
  /** Whether an earlier run of the job has begun. */
  readonly isContinued: boolean;
  /** Number of things that all runs of the job have changed so far. */
  readonly changed: number;
  /** Number of things in the plan. */
  readonly count: number;
  /** The counted thing, in the singular. */
  readonly unit: string;
}

/**
 * Limits of one run. A run that reaches a limit stops between two steps; another run of the same
 * job continues there.
 */
export interface RunLimits {
  /** Maximum number of things that this run changes. */
  readonly max?: number | undefined;
  /** Maximum number of changes per second. */
  readonly perSecond?: number | undefined;
  /** Longest time of this run, ms. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called before every step. A returned text stops the run and is the reason. */
  readonly abortIf?: (() => Promise<string | undefined>) | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  /** The step of a longer job that this run is a part of. */
  readonly outer?: Pick<Step, "renew" | "fence"> | undefined;
}
