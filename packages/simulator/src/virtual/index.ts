/**
 * The entry @onsale/simulator/virtual: runs the product with the clock, the order and the faults of
 * a seed.
 */
export { countText, durationText, plural } from "../report/words.ts";
export { type ProgressTarget, type StatusLine, statusLine } from "../terminal/progressLine.ts";

export {
  type ExploreProgress,
  type ExploreResult,
  exploreSeeds,
  type FailedSeed,
} from "./explore/exploreSeeds.ts";
export { type MinimisedRun, minimise } from "./explore/minimise.ts";
export { runSeedSafely } from "./explore/runSeedSafely.ts";
export { parseReplay, ReplayTextError, replayText } from "./explore/scheduleText.ts";
export { timeline } from "./explore/timeline.ts";
export { type RunOptions, runSeed, type SeedResult } from "./runSeed.ts";
export { type VirtualScenario, virtualDefaults } from "./scenario.ts";
export type { Schedule } from "./schedule.ts";
export { traceDigest, traceText } from "./trace.ts";
export { CHECK_TITLES, type CheckId, type Violation } from "./violations.ts";
