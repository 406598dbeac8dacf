import exec from "k6/execution";
import { Counter, Trend } from "k6/metrics";
import type { Options } from "k6/options";
import type { LoadStage } from "./profile.ts";

/** The limits that a scenario must keep. Times are of accepted requests, ms. */
export interface LoadLimits {
  readonly p95Ms: number;
  readonly p99Ms?: number;
  readonly averageMs?: number;
  /** Largest share of requests that may fail. A refusal of the contract is no failure. */
  readonly failedShareMax: number;
}

/** The times of requests by their outcome, with the tags `step` and `stage`. */
export const acceptedMs: Trend = new Trend("accepted_ms", true);
export const refusedMs: Trend = new Trend("refused_ms", true);
/** The requests that failed, with the tags `step`, `stage` and `reason`. */
export const failures: Counter = new Counter("failures");

/** The reasons for which a request fails: its status, or none. */
export const FAILURE_REASONS = ["no answer", "429", "500", "503", "another status"] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** The reason of a failed request. k6 gives status 0 to a request without an answer. */
export function failureReason(status: number): FailureReason {
  if (status === 0) return "no answer";
  return FAILURE_REASONS.find((reason) => reason === String(status)) ?? "another status";
}

/** The requests that a scenario sends. The summary shows each of them. */
export type Step =
  | "charge"
  | "balance"
  | "join"
  | "poll"
  | "concerts"
  | "dates"
  | "seats"
  | "hold"
  | "pay";

/** The facts that all parts of a scenario share. */
export interface LoadScenario {
  readonly name: string;
  readonly stages: readonly LoadStage[];
  readonly steps: readonly Step[];
  readonly limits: LoadLimits;
}

/** How long a user may finish its visit after the end of a stage or of the scenario. */
const GRACE = "30s";

/**
 * The options of k6 for a scenario whose number of users follows the stages. k6 keeps the figures
 * of a tag only when a threshold names the tag, so each step and each stage has a threshold that
 * always holds.
 */
export function optionsOf(scenario: LoadScenario): Options {
  return {
    scenarios: {
      [scenario.name]: {
        executor: "ramping-vus",
        startVUs: 0,
        stages: scenario.stages.map(({ seconds, users }) => ({
          duration: `${seconds}s`,
          target: users,
        })),
        gracefulRampDown: GRACE,
        gracefulStop: GRACE,
      },
    },
    thresholds: { ...limitsOf(scenario), ...figuresOf(scenario) },
    ...COMMON,
  };
}

/** The options for a scenario in which each user makes one visit, and all begin together. */
export function oneVisitOptions(scenario: LoadScenario): Options {
  const users = Math.max(...scenario.stages.map((stage) => stage.users));
  const seconds = scenario.stages.reduce((sum, stage) => sum + stage.seconds, 0);
  return {
    scenarios: {
      [scenario.name]: {
        executor: "per-vu-iterations",
        vus: users,
        iterations: 1,
        maxDuration: `${seconds}s`,
        gracefulStop: GRACE,
      },
    },
    thresholds: { ...limitsOf(scenario), ...figuresOf(scenario) },
    ...COMMON,
  };
}

const COMMON = {
  summaryTrendStats: ["count", "avg", "med", "p(95)", "p(99)", "max"],
  // A user keeps its connection, as a browser does.
  noConnectionReuse: false,
  userAgent: "onsale-load",
  // The scripts read some answers, and say so. The others need not be kept in memory.
  discardResponseBodies: true,
};

function limitsOf({ limits }: LoadScenario): Record<string, string[]> {
  const { p95Ms, p99Ms, averageMs, failedShareMax } = limits;
  const times = [`p(95)<${p95Ms}`];
  if (p99Ms !== undefined) times.push(`p(99)<${p99Ms}`);
  if (averageMs !== undefined) times.push(`avg<${averageMs}`);
  return { accepted_ms: times, http_req_failed: [`rate<${failedShareMax}`] };
}

function figuresOf({ steps, stages }: LoadScenario): Record<string, string[]> {
  const thresholds: Record<string, string[]> = {};
  for (const step of steps) {
    thresholds[`accepted_ms{step:${step}}`] = ["max>=0"];
    thresholds[`refused_ms{step:${step}}`] = ["max>=0"];
    thresholds[`failures{step:${step}}`] = ["count>=0"];
  }
  for (const stage of stages.keys()) {
    thresholds[`accepted_ms{stage:${stage}}`] = ["max>=0"];
    thresholds[`http_req_failed{stage:${stage}}`] = ["rate>=0"];
    thresholds[`http_reqs{stage:${stage}}`] = ["count>=0"];
  }
  for (const reason of FAILURE_REASONS) {
    thresholds[`failures{reason:${reason}}`] = ["count>=0"];
  }
  return thresholds;
}

/** The number of the stage that runs now, from 0. After the last stage, its number. */
export function stageNow(stages: readonly LoadStage[]): number {
  let leftMs = exec.instance.currentTestRunDuration;
  for (const [index, { seconds }] of stages.entries()) {
    leftMs -= seconds * 1000;
    if (leftMs < 0) return index;
  }
  return stages.length - 1;
}
