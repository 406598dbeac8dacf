import { readFile } from "node:fs/promises";
import type { CoreContext } from "@onsale/core";
import { openBareLoop } from "./bareLoop.ts";
import { type ApiSettings, startApis } from "./benchApis.ts";
import { type BenchStage, setTheStage } from "./benchStage.ts";
import { type ProfileSummary, summarizeProfiles } from "./cpuProfile.ts";
import { cpuSpent, cpuTimes, type WatchedProcesses } from "./cpuTime.ts";
import { openHttpLoop } from "./httpLoop.ts";
import { type Attempt, keepInFlight, keepPace, type RoundResult } from "./keepInFlight.ts";
import { type Spread, spreadOf } from "./spread.ts";

export interface HoldsBenchOptions {
  /** Opened on the benchmark's own database. */
  readonly core: CoreContext;
  readonly mysqlUrl: string;
  readonly inFlight: number;
  readonly rounds: number;
  readonly holdsPerRound: number;
  /** Which numbers of API processes to compare with V0. */
  readonly processCounts: readonly number[];
  readonly apis: ApiSettings;
  /** Database and Redis processes, as far as they are known. */
  readonly servers: WatchedProcesses;
  readonly profile: boolean;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** One measured round with the CPU that each party used, ms. */
export interface MeasuredRound extends RoundResult {
  readonly cpuMs: Readonly<Record<string, number>>;
}

export interface VariantResult {
  /** "V0" or the number of API processes. */
  readonly name: string;
  readonly rounds: readonly MeasuredRound[];
  readonly acceptedPerSecond: Spread;
  /** Against V0 of the same round; undefined for V0 itself. */
  readonly ratio: Spread | undefined;
  /** An open schedule at `PACE` of the median, latency from the intended start. */
  readonly paced: (RoundResult & { readonly perSecond: number }) | undefined;
}

export interface HoldsBenchResult {
  readonly inFlight: number;
  readonly holdsPerRound: number;
  readonly variants: readonly VariantResult[];
  /** Of one API process; the files open in a browser's developer tools. */
  readonly profile: (ProfileSummary & { readonly files: readonly string[] }) | undefined;
}

/** Many buyers, so that none of them meets a limit that is meant for one. */
const BUYERS = 512;
/** Below saturation, where a latency says something about the product and not about the queue. */
const PACE = 0.7;
const FUNCTIONS_SHOWN_MAX = 15;
const PROFILE_PASSES = 2;

interface Variant {
  readonly name: string;
  readonly pids: readonly number[];
  readonly attemptsOn: (seatIds: readonly number[]) => Attempt;
}

/**
 * Holds per second over HTTP beside V0, the bare transaction loop, on the same database server in
 * the same run: one uncounted round each, then rounds in turn (A B, B A, …), so that drift hits all
 * alike.
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

/** A pass to warm up and one to look at, in a process of its own, since profiling costs speed. */
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

/** The clock that V8 stamps its profiles with, the same for all processes of a Linux machine. */
function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** How people read a variant's name. */
export function labelOf(name: string): string {
  if (name === "V0") return "bare loop V0";
  return `${name} API process${name === "1" ? "" : "es"}`;
}
