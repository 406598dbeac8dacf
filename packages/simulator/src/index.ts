/**
 * Public entry of @onsale/simulator: simulated ticket rushes on running servers, and a check of
 * every invariant afterwards.
 */
export { type ArrivalKind, arrivalKinds } from "./arrivals/arrivalTimes.ts";
export type { LiveProcesses } from "./live/liveProcesses.ts";
export { type ProcessesOptions, startProcesses } from "./live/startProcesses.ts";
export { rushReport } from "./report/rushReport.ts";
export { runRush } from "./rush/runRush.ts";
export {
  type ClientSettings,
  type RoomSettings,
  type RushOptions,
  rushDefaults,
} from "./rush/rushOptions.ts";
export type { RushProgress } from "./rush/rushProgress.ts";
export { RUSH_RESULT_VERSION, type RushResult, rushResultSchema } from "./rush/rushResult.ts";
export { type ProgressLine, type ProgressTarget, progressLine } from "./terminal/progressLine.ts";
export { rushSummary } from "./terminal/rushSummary.ts";
