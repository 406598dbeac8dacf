import {
  LOCK_REPORT_VERSION,
  type LockReport,
  type LockStrategy,
  measureContention,
  measureStall,
  measureVirtual,
  type StrategyFigures,
} from "@onsale/simulator/locks";
import { loadAverageNow, thisMachine } from "@onsale/simulator/study";
import { durationText } from "@onsale/simulator/terminal";
import { commitOf } from "../commitOf.ts";
import { reachableServers } from "../reachableServers.ts";
import { measuredServers } from "../stackEnvironment.ts";
import { withLocksGround } from "./locksGround.ts";

export interface LocksInput {
  readonly strategies: readonly LockStrategy[];
  readonly buyers: readonly number[];
  /** Runs of each scenario on the servers, at most. */
  readonly runs: number;
  /** Virtual sales of each strategy, at most. */
  readonly seeds: number;
  readonly seed: number;
  /** Longest time for the runs of one scenario, and for the virtual sales of a strategy, ms. */
  readonly scenarioMsMax: number;
  readonly virtualMsMax: number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string, elapsedMs: number) => void;
}

/** Runs of the experiment with the stalled database at most: each takes a second. */
const STALL_RUNS_MAX = 2;
/** A study with fewer runs than this is a quick one. */
const RUNS_MANY = 4;
/** The shares of the study's time by part, for the estimate of the time to go. */
const STALL_WEIGHT = 1;
const VIRTUAL_WEIGHT = 1;

/** Measures every strategy, one after the other. An interrupted study returns what it has. */
export async function runLocks(input: LocksInput): Promise<LockReport> {
  const { strategies, buyers, seed, signal } = input;
  const servers = await measuredServers();
  const versions = await reachableServers(servers, ["mysql", "redis"]);
  const loadAverage = loadAverageNow();
  const takenAt = new Date().toISOString();
  // Before the run, because the checkout can change during it.
  const commit = await commitOf(import.meta.dirname);
  const figures: StrategyFigures[] = [];
  const progress = progressOf(input);
  const stallRuns = input.runs < RUNS_MANY ? 1 : STALL_RUNS_MAX;
  await withLocksGround(servers, signal, async (ground) => {
    for (const strategy of strategies) {
      if (signal.aborted) return;
      const { name, about, isSafe, losersFail, specification } = strategy;
      const onRun = (text: string): void => progress.show(text);
      const plan = { buyers, runs: input.runs, msMax: input.scenarioMsMax, seed, signal, onRun };
      const contention = await measureContention(strategy, ground, plan);
      progress.done(buyers.length);
      if (signal.aborted) return;
      const stall = await measureStall(strategy, ground, { ...plan, runs: stallRuns });
      progress.done(STALL_WEIGHT);
      if (signal.aborted) return;
      const virtual = await measureVirtual(strategy, {
        ...{ firstSeed: seed, seeds: input.seeds, msMax: input.virtualMsMax, signal },
        onSeed: onRun,
      });
      progress.done(VIRTUAL_WEIGHT);
      figures.push({
        ...{ name, about, isSafe, contention: [...contention] },
        ...(losersFail && { losersFail }),
        ...(specification !== undefined && { specification }),
        ...(stall && { stall }),
        ...(virtual && { virtual }),
      });
    }
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return {
    schemaVersion: LOCK_REPORT_VERSION,
    takenAt,
    commit,
    machine: {
      ...thisMachine(),
      servers: [...versions],
      loadAverage,
    },
    isComplete: figures.length === strategies.length,
    seed,
    strategies: figures,
  };
}

function progressOf({ strategies, buyers, onProgress }: LocksInput) {
  const startedMs = performance.now();
  const total = strategies.length * (buyers.length + STALL_WEIGHT + VIRTUAL_WEIGHT);
  let finished = 0;
  return {
    done(parts: number): void {
      finished += parts;
    },
    show(text: string): void {
      const elapsedMs = performance.now() - startedMs;
      const toGoMs = (elapsedMs / Math.max(1, finished)) * (total - finished);
      const toGo = finished === 0 ? "" : `; about ${durationText(toGoMs)} to go`;
      onProgress(`${text}${toGo}`, elapsedMs);
    },
  };
}
