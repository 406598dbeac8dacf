import { channel } from "node:diagnostics_channel";

/** A point that a run of a job has passed. */
export interface StepEvent {
  readonly jobId: string;
  /**
   * begun: the audit record is open. applied: a repeatable step has had its effect, and its
   * checkpoint is not saved. saved: the checkpoint is saved. closed: the record is closed.
   */
  readonly step: "begun" | "applied" | "saved" | "verified" | "closed";
}

const STEPS = channel("onsale:operation-step");

/**
 * Publishes the point on the diagnostics channel `onsale:operation-step`. Tests subscribe to it to
 * kill the process at each point; without a subscriber it costs nothing.
 */
export function announceStep(event: StepEvent): void {
  if (STEPS.hasSubscribers) STEPS.publish(event);
}
