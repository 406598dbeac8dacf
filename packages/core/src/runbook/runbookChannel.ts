import { channel } from "node:diagnostics_channel";

/** A point that a run of a runbook has passed. */
export interface RunbookEvent {
  readonly jobId: string;
  readonly runbook: string;
  /** Name of the step. */
  readonly step: string;
  /**
   * reached: the run looks at the step. asked: its instruction was shown. acted: its operation has
   * ended. passed: its condition is true. stopped: a person must go on. failed: the run halts.
   */
  readonly point: "reached" | "asked" | "acted" | "passed" | "stopped" | "failed";
  /** The values that were read, when the run has looked at the condition of the step. */
  readonly read?: string | undefined;
}

const EVENTS = channel("onsale:runbook-step");

/**
 * Publishes the point on the diagnostics channel `onsale:runbook-step`, for drills and for tests
 * that end the process at each point. The points are not saved yet when they are published.
 */
export function announceRunbook(event: RunbookEvent): void {
  if (EVENTS.hasSubscribers) EVENTS.publish(event);
}
