import type { JobStatus } from "../ports/operationStore.ts";
import { stateMachine } from "../shared/stateMachine.ts";

/** The allowed transitions between the states of a job. */
export const jobStates = stateMachine<JobStatus>("job", "PLANNED", {
  PLANNED: ["RUNNING"],
  RUNNING: ["STOPPED", "DONE", "FAILED"],
  // FAILED: its steps were rolled back, so it must not continue.
  STOPPED: ["RUNNING", "FAILED"],
  DONE: [],
  FAILED: [],
});
