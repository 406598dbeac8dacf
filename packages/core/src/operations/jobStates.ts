import type { JobStatus } from "../ports/operationStore.ts";
import { stateMachine } from "../shared/stateMachine.ts";

/** The allowed transitions between the states of a job. */
export const jobStates = stateMachine<JobStatus>("job", "PLANNED", {
  PLANNED: ["RUNNING"],
  RUNNING: ["STOPPED", "DONE", "FAILED"],
  // A stopped job becomes FAILED when its steps were rolled back, so that it cannot continue.
  STOPPED: ["RUNNING", "FAILED"],
  DONE: [],
  FAILED: [],
});
