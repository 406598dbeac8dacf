import { readFile } from "node:fs/promises";
import type { CoreContext } from "@onsale/core";
import { cpuSpent, cpuTimes, type WatchedProcesses } from "../measure/cpuTime.ts";
import { openBareLoop } from "./bareLoop.ts";
import { type ApiSettings, startApis } from "./benchApis.ts";
import { type BenchStage, setTheStage } from "./benchStage.ts";
import { type ProfileSummary, summarizeProfiles } from "./cpuProfile.ts";
import { openHttpLoop } from "./httpLoop.ts";
import { type Attempt, keepInFlight, keepPace, type RoundResult } from "./keepInFlight.ts";
import { type Spread, spreadOf } from "./spread.ts";

export interface HoldsBenchOptions {
  /** A core that is opened on the benchmark's own database. */
  readonly core: CoreContext;
  readonly mysqlUrl: string;
  readonly inFlight: number;
  readonly rounds: number;
  readonly holdsPerRound: number;
  /** The numbers of API processes that are compared with V0. */
  readonly processCounts: readonly number[];
  readonly apis: ApiSettings;
  /** The pids of database and Redis processes, as far as they are known. */
  readonly servers: WatchedProcesses;
  readonly profile: boolean;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** One measured round, with the CPU time that each group of processes used, ms. */
export interface MeasuredRound extends RoundResult {
  readonly cpuMs: Readonly<Record<string, number>>;
}

export interface VariantResult {
  /** The variant: "V0" or the number of API processes. */
  readonly name: string;
  readonly rounds: readonly MeasuredRound[];
  readonly acceptedPerSecond: Spread;
  /** The speed relative to V0 in the same round; undefined for V0 itself. */
  readonly ratio: Spread | undefined;
  /**
   * A run at a fixed rate, `PACE` times the median rate. Latency counts from the intended start.
   */
  readonly paced: (RoundResult & { readonly perSecond: number }) | undefined;
}

export interface HoldsBenchResult {
  readonly inFlight: number;
  readonly holdsPerRound: number;
  readonly variants: readonly VariantResult[];
  /** The CPU profile of one API process. The files open in a browser's developer tools. */
  readonly profile: (ProfileSummary & { readonly files: readonly string[] }) | undefined;
}

/** Number of buyers: so many that none of them reaches a limit per buyer. */
const BUYERS = 512;
/**
 * Below saturation, so that a latency shows the product's work and not the time in a queue of
 * requests.
 */
const PACE = 0.7;
const FUNCTIONS_SHOWN_MAX = 15;
const PROFILE_PASSES = 2;

interface Variant {
  readonly name: string;
  readonly pids: readonly number[];
  readonly attemptsOn: (seatIds: readonly number[]) => Attempt;
}

/**
 * Measures holds per second over HTTP, and compares them with V0, the bare transaction loop, on the
 * same database server in the same run. After one warm-up round of each variant, the rounds
 * alternate (A B, B A, …), so that a drift of the machine affects all variants equally.
 */
export async function benchHolds(options: HoldsBenchOptions): Promise<HoldsBenchResult> {
  const { core, holdsPerRound, inFlight, processCounts, rounds } = options;
  const passes = (1 + rounds + 1) * (1 + processCounts.length) + PROFILE_PASSES;
  options.onProgress(`Preparing ${passes * holdsPerRound} seats and ${BUYERS} admitted buyers`);
  const stage = await setTheStage(core, {
    rounds: passes,
    seatsPerRound: holdsPerRound,
    buyers: BUYERS,
  });
  const { performanceId, price } = stage;
  const { buckets } = core.config.outbox;
  const bare = await openBareLoop({ ...options, performanceId, price, buckets });
  const apis = await startApis(options.apis, {
    count: Math.max(...processCounts),
    profiled: false,
  });
  const loops = processCounts.map((count) =>
    openHttpLoop(apis.baseUrls.slice(0, count), stage, inFlight),
  );
  try {
    const overHttp = loops.map((loop, index) => {
      const count = processCounts[index] ?? 1;
      return { name: String(count), pids: apis.pids.slice(0, count), attemptsOn: loop.holdsOf };
    });
    const attemptsOn = (seatIds: readonly number[]) => (index: number) =>
      bare.hold(seatIds[index] ?? 0);
    const variants = [{ name: "V0", pids: [], attemptsOn }, ...overHttp];
    const measured = await measureInTurn(options, stage, variants);
    const results = summarize(variants, measured);
    const paced = await paceEach(options, stage, overHttp, results);
    const profile = options.profile ? await profileOne(options, stage) : undefined;
    return { inFlight, holdsPerRound, variants: paced, profile };
  } finally {
    await Promise.all(loops.map((loop) => loop.close()));
    await apis.stop();
    await bare.close();
  }
}

type Measured = ReadonlyMap<string, MeasuredRound[]>;

async function measureInTurn(
  options: HoldsBenchOptions,
  stage: BenchStage,
  variants: readonly Variant[],
): Promise<Measured> {
  const measured = new Map<string, MeasuredRound[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round <= options.rounds; round += 1) {
    const inOrder = round % 2 === 0 ? variants : variants.toReversed();
    const rates: string[] = [];
    for (const variant of inOrder) {
      options.signal?.throwIfAborted();
      const result = await measureRound(options, stage, variant);
      rates.push(`${labelOf(variant.name)} ${Math.round(result.acceptedPerSecond)}/s`);
      if (round > 0) measured.get(variant.name)?.push(result);
    }
    const name = round === 0 ? "Warm-up" : `Round ${round} of ${options.rounds}`;
    options.onProgress(`${name}: ${rates.join(", ")}`);
  }
  return measured;
}

async function measureRound(
  options: HoldsBenchOptions,
  stage: BenchStage,
  variant: Variant,
): Promise<MeasuredRound> {
  const { holdsPerRound, inFlight } = options;
  const watched = { client: [process.pid], api: variant.pids, ...options.servers };
  const attempt = variant.attemptsOn(stage.takeSeats(holdsPerRound));
  const before = await cpuTimes(watched);
  const result = await keepInFlight(attempt, { total: holdsPerRound, inFlight });
  return { ...result, cpuMs: cpuSpent(before, await cpuTimes(watched)) };
}

function summarize(variants: readonly Variant[], measured: Measured): VariantResult[] {
  const base = measured.get("V0") ?? [];
  return variants.map(({ name }) => {
    const rounds = measured.get(name) ?? [];
    const ratios = rounds.map(
      (round, index) => round.acceptedPerSecond / (base[index]?.acceptedPerSecond ?? Number.NaN),
    );
    return {
      name,
      rounds,
      acceptedPerSecond: spreadOf(rounds.map((round) => round.acceptedPerSecond)),
      ratio: name === "V0" ? undefined : spreadOf(ratios),
      paced: undefined,
    };
  });
}

async function paceEach(
  options: HoldsBenchOptions,
  stage: BenchStage,
  overHttp: readonly Variant[],
  results: readonly VariantResult[],
): Promise<VariantResult[]> {
  const paced: VariantResult[] = [];
  for (const result of results) {
    const variant = overHttp.find(({ name }) => name === result.name);
    if (variant === undefined) {
      paced.push(result);
      continue;
    }
    options.signal?.throwIfAborted();
    const total = options.holdsPerRound;
    const perSecond = PACE * result.acceptedPerSecond.median;
    const attempt = variant.attemptsOn(stage.takeSeats(total));
    const round = await keepPace(attempt, { total, perSecond });
    options.onProgress(`${labelOf(result.name)} at ${Math.round(perSecond)}/s: done`);
    paced.push({ ...result, paced: { ...round, perSecond } });
  }
  return paced;
}

/**
 * Profiles one API process: a warm-up round, then a round that is evaluated. The process is a
 * separate one, because profiling costs speed.
 */
async function profileOne(options: HoldsBenchOptions, stage: BenchStage) {
  options.onProgress("Profiling one API process");
  const apis = await startApis(options.apis, { count: 1, profiled: true });
  const loop = openHttpLoop(apis.baseUrls, stage, options.inFlight);
  const window = { fromUs: 0, untilUs: 0 };
  for (let pass = 0; pass < PROFILE_PASSES; pass += 1) {
    const attempt = loop.holdsOf(stage.takeSeats(options.holdsPerRound));
    window.fromUs = monotonicUs();
    await keepInFlight(attempt, { total: options.holdsPerRound, inFlight: options.inFlight });
    window.untilUs = monotonicUs();
  }
  await loop.close();
  const files = await apis.stop();
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return { ...summarizeProfiles(texts, { ...window, functionsMax: FUNCTIONS_SHOWN_MAX }), files };
}

/** The clock of V8's profiles. On Linux all processes of a machine share it. */
function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** The name of a variant for people. */
export function labelOf(name: string): string {
  if (name === "V0") return "bare loop V0";
  return `${name} API process${name === "1" ? "" : "es"}`;
}
