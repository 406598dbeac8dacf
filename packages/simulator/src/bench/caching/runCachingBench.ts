import { checkInvariants } from "@onsale/core";
import { STATEMENTS } from "@onsale/core/statements";
import { countText } from "../../report/words.ts";
import {
  type CachingReport,
  cachedReadTitles,
  type LoadStep,
  type StampedeFigures,
} from "../../study/caching/cachingReport.ts";
import { type RunningApis, startApis } from "../benchApis.ts";
import type { BenchGround } from "../benchGround.ts";
import { type LoadGenerator, openLoadGenerator } from "../load/loadGenerator.ts";
import { type CachingStage, setCachingStage } from "./cachedReads.ts";
import { measureLoad } from "./measureLoad.ts";
import { measureSources } from "./measureSources.ts";
import { measureStaleness } from "./measureStaleness.ts";
import { measureStampede } from "./measureStampede.ts";
import { measureTransactions } from "./measureTransactions.ts";
import { countStatements, type StatementCounter } from "./statementCounter.ts";

/** The size of the study. */
export interface CachingPlan {
  readonly concerts: number;
  readonly seats: number;
  /** The steps of the load, in the order in which they are measured. */
  readonly load: readonly Pick<LoadStep, "users" | "perSecond">[];
  readonly stampedes: { readonly buyers: readonly number[]; readonly rounds: number };
  readonly writes: number;
  readonly transactions: number;
  /** Steps of the load, and stampedes, that would begin after this time are left out, ms. */
  readonly loadBeginsMsMax: number;
  readonly stampedeBeginsMsMax: number;
}

/** The parts of a report that the servers decide. */
export type CachingFigures = Pick<
  CachingReport,
  "sources" | "load" | "leftOut" | "stampede" | "staleness" | "transactions" | "invariants"
>;

/** The API processes of each side: enough for copies that processes share. */
export const CACHING_API_PROCESSES = 2;

/** Limits that would refuse users who all have one address; `startApis` lifts the others. */
const OPEN = { IN_FLIGHT_MAX: "20000", CONNECTIONS_MAX: "20000" };

/** Measures everything on the data of `ground`. */
export async function runCachingBench(
  ground: BenchGround,
  plan: CachingPlan,
): Promise<CachingFigures> {
  const startedMs = performance.now();
  const { onRound } = ground.measuring;
  onRound("fill the catalog");
  const stage = await setCachingStage(ground, plan);
  const generator = openLoadGenerator();
  try {
    const progress = { generator, startedMs, leftOut: [] };
    const speed = await measureSpeed(ground, stage, plan, progress);
    const counted = await measureCounted(ground, stage, plan, progress);
    const { results } = await checkInvariants(ground.core);
    const broken = results.filter(({ holds }) => !holds).map(({ id }) => id);
    const invariants = { checked: results.length, broken };
    return { ...speed, ...counted, leftOut: progress.leftOut, invariants };
  } finally {
    await generator.close();
  }
}

interface Progress {
  readonly generator: LoadGenerator;
  readonly startedMs: number;
  readonly leftOut: string[];
}

/** Returns false, and names the step as left out, when it would begin too late. */
function isInTime({ startedMs, leftOut }: Progress, step: string, beginsMsMax: number): boolean {
  if (performance.now() - startedMs <= beginsMsMax) return true;
  leftOut.push(step);
  return false;
}

/** The parts that count statements, behind a relay that costs time. */
async function measureCounted(
  ground: BenchGround,
  stage: CachingStage,
  plan: CachingPlan,
  progress: Progress,
): Promise<Pick<CachingFigures, "stampede" | "staleness" | "transactions">> {
  const { mysqlUrl, signal, measuring } = ground;
  const { writes, transactions: rounds } = plan;
  const counter = await countStatements(mysqlUrl, STATEMENTS);
  try {
    return await withBoth(ground, { MYSQL_URL: counter.url }, async (sides) => {
      measuring.onRound(`the age of answers after ${writes} writes`);
      const staleness = await measureStaleness(stage, { apis: sides.on, writes, signal });
      measuring.onRound(`${rounds} transactions rolled back, and as many committed`);
      const open = { mysqlUrl, apis: sides.on, counter, rounds, signal };
      const transactions = await measureTransactions(stage, open);
      const stampede = await measureStampedes(ground, stage, plan, {
        ...{ ...progress, ...sides, counter },
      });
      return { stampede: [...stampede], staleness: [...staleness], transactions };
    });
  } finally {
    await counter.close();
  }
}

/** The stampedes, those of few buyers first. */
async function measureStampedes(
  { measuring, signal }: BenchGround,
  { reads }: CachingStage,
  { stampedes, stampedeBeginsMsMax }: CachingPlan,
  { on, off, counter, ...progress }: Progress & BothSides & { readonly counter: StatementCounter },
): Promise<readonly StampedeFigures[]> {
  const figures: StampedeFigures[] = [];
  for (const buyers of stampedes.buyers) {
    for (const read of reads) {
      const step = `${cachedReadTitles[read.name]}, ${countText(buyers)} buyers at once`;
      if (!isInTime(progress, step, stampedeBeginsMsMax)) continue;
      for (const [isCached, apis] of [[true, on] as const, [false, off] as const]) {
        signal.throwIfAborted();
        measuring.onRound(`${step}, cache ${isCached ? "on" : "off"}`);
        // Without a cache every round is the same.
        const rounds = isCached ? stampedes.rounds : 1;
        const { generator } = progress;
        const options = { buyers, rounds, isCached, apis, counter, generator };
        figures.push(await measureStampede(read, options));
      }
    }
  }
  return figures;
}

/** The parts that measure time. */
async function measureSpeed(
  ground: BenchGround,
  stage: CachingStage,
  { load, loadBeginsMsMax }: CachingPlan,
  progress: Progress,
): Promise<Pick<CachingFigures, "sources" | "load">> {
  const { measuring, signal } = ground;
  const { generator } = progress;
  return withBoth(ground, {}, async ({ on, off }) => {
    const figures: Pick<CachingFigures, "sources" | "load"> = { sources: [], load: [] };
    for (const read of stage.reads) {
      signal.throwIfAborted();
      measuring.onRound(`${read.name}: one request at a time`);
      figures.sources.push(...(await measureSources(read, { on, off })));
    }
    for (const { users, perSecond } of load) {
      for (const read of stage.reads) {
        signal.throwIfAborted();
        const pause = perSecond ? "" : " without a pause";
        const step = `${cachedReadTitles[read.name]}, ${countText(users)} users${pause}`;
        if (!isInTime(progress, step, loadBeginsMsMax)) continue;
        measuring.onRound(step);
        const sides = { on, off, generator, measuring: withoutRounds(measuring) };
        figures.load.push(await measureLoad(read, { users, perSecond, ...sides }));
      }
    }
    return figures;
  });
}

/** A step of the study is a line of progress; its rounds are not. */
function withoutRounds(measuring: BenchGround["measuring"]): BenchGround["measuring"] {
  return { ...measuring, onRound: () => undefined };
}

interface BothSides {
  readonly on: RunningApis;
  readonly off: RunningApis;
}

/** Runs the work with API processes that have the cache, and as many that do not. */
async function withBoth<T>(
  { apis, signal }: BenchGround,
  env: NodeJS.ProcessEnv,
  work: (sides: BothSides) => Promise<T>,
): Promise<T> {
  const start = (side: "on" | "off"): Promise<RunningApis> => {
    const cache = side === "on" ? "shared" : "off";
    const own = { ...apis.env, ...OPEN, ...env, CATALOG_CACHE: cache };
    const folder = `${apis.folder}/cache-${side}`;
    const options = { count: CACHING_API_PROCESSES, profiled: false, signal };
    return startApis({ ...apis, env: own, folder }, options);
  };
  const on = await start("on");
  try {
    const off = await start("off");
    try {
      return await work({ on, off });
    } finally {
      await off.stop();
    }
  } finally {
    await on.stop();
  }
}
