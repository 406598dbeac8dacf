import {
  type BenchSettings,
  CACHING_API_PROCESSES,
  type CachingPlan,
  runCachingBench,
} from "@onsale/simulator/bench";
import {
  CACHING_REPORT_VERSION,
  type CachingReport,
  loadAverageNow,
  specificationCache,
  thisMachine,
} from "@onsale/simulator/study";
import { durationText } from "@onsale/simulator/terminal";
import { withBenchGround } from "../../bench/withBenchGround.ts";
import { commitOf } from "../../commitOf.ts";
import { reachableServers } from "../../reachableServers.ts";
import { measuredServers } from "../../stackEnvironment.ts";

export interface CachingStudyInput {
  readonly isQuick: boolean;
  /** @param elapsedMs ms since the start */
  readonly onProgress: (text: string, stage: string, elapsedMs: number) => void;
  readonly signal: AbortSignal;
}

interface CachingSize extends CachingPlan {
  readonly rounds: number;
  readonly roundMs: number;
  /** The usual time of the study, for the progress, ms. */
  readonly usualMs: number;
}

/** The users of the specification, who pause between their requests. */
const atPace = (users: number) => ({
  users,
  perSecond: Math.round(users * specificationCache.requestsOfUserPerSecond),
});

const NEVER = Number.POSITIVE_INFINITY;

/** On a busy machine, the time limits leave out the last steps, so that six minutes suffice. */
const FULL: CachingSize = {
  ...{ concerts: 100, seats: 1000, rounds: 3, roundMs: 2000, writes: 16, transactions: 8 },
  load: [atPace(5000), { users: 100 }, atPace(1000)],
  stampedes: { buyers: [100, 1000, 5000], rounds: 3 },
  ...{ loadBeginsMsMax: 210_000, stampedeBeginsMsMax: 310_000, usualMs: 330_000 },
};
const QUICK: CachingSize = {
  ...{ concerts: 10, seats: 100, rounds: 1, roundMs: 300, writes: 3, transactions: 1 },
  load: [{ users: 100 }, atPace(1000)],
  stampedes: { buyers: [200], rounds: 1 },
  // It has little to leave out, and its test wants every part.
  ...{ loadBeginsMsMax: NEVER, stampedeBeginsMsMax: NEVER, usualMs: 35_000 },
};
const OPERATIONS_MAX = 50_000;

/** Measures the cache of the catalog on data of its own, which is removed at the end. */
export async function runCachingStudy(input: CachingStudyInput): Promise<CachingReport> {
  const { isQuick, onProgress, signal } = input;
  const size = isQuick ? QUICK : FULL;
  const servers = await measuredServers();
  const versions = await reachableServers(servers, ["mysql", "redis"]);
  const loadBefore = loadAverageNow();
  const startedAt = new Date();
  const startedMs = performance.now();
  const commit = await commitOf(import.meta.dirname);
  const onRound = (step: string): void => {
    const elapsedMs = performance.now() - startedMs;
    const toGo = `about ${durationText(Math.max(1000, size.usualMs - elapsedMs))} to go`;
    onProgress(`${step}; ${toGo}`, step, elapsedMs);
  };
  const settings = settingsOf(size);
  const figures = await withBenchGround({ servers, settings, onRound, signal }, (ground) =>
    runCachingBench(ground, size),
  );
  const loadAfter = loadAverageNow();
  return {
    ...{ schemaVersion: CACHING_REPORT_VERSION, takenAt: startedAt.toISOString(), isQuick },
    ...(commit !== undefined && { commit }),
    tookMs: Math.round(performance.now() - startedMs),
    machine: {
      ...thisMachine(),
      servers: [...versions],
      ...{ loadBefore, loadAfter },
    },
    ...{ apiProcesses: CACHING_API_PROCESSES, concerts: size.concerts, seats: size.seats },
    ...figures,
  };
}

/** The settings of the ground that the study uses; the others are those of other benchmarks. */
function settingsOf({ rounds, roundMs, seats }: CachingSize): BenchSettings {
  return {
    ...{ rounds, roundMs, operationsMin: 1, operationsMax: OPERATIONS_MAX, seats },
    ...{ apiProcesses: CACHING_API_PROCESSES, inFlight: 1, bareConnections: 1, crowd: 1 },
    ...{ queueProcesses: 0, published: 0, perSecond: 1, profile: false },
  };
}
