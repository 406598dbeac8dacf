/**
 * The entry @onsale/simulator/explore: runs many seeds in threads, and the texts about runs. It
 * loads no part of the product, which only the threads need.
 */
export { countText, durationText, plural } from "../../report/words.ts";
export { type ProgressTarget, type StatusLine, statusLine } from "../../terminal/progressLine.ts";
export {
  type MarkCounts,
  missingMarks,
  RULE_MARKS,
  type RuleMark,
  SEEDS_OF_ALL_MARKS,
} from "../rules/ruleMarks.ts";
export { type ExerciseReport, noExercise } from "../runbook/exerciseReport.ts";
export type { Schedule } from "../schedule.ts";
export { traceDigest, traceText } from "../trace.ts";
export { CHECK_TITLES, type CheckId, type Violation } from "../violations.ts";
export { type VirtualScenario, virtualDefaults } from "../virtualScenario.ts";
export {
  type ExploreProgress,
  type ExploreResult,
  exploreSeeds,
  type FailedSeed,
} from "./exploreSeeds.ts";
export { parseReplay, ReplayTextError, replayText } from "./scheduleText.ts";
export { timeline } from "./timeline.ts";
