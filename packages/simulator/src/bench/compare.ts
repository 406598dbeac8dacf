import { cpuSpent, cpuTimes, machineCpuMs, type WatchedProcesses } from "../measure/cpuTime.ts";
import { memoryMb } from "../measure/memory.ts";
import { sum } from "../measure/sum.ts";
import { loadAverageNow } from "../study/machine.ts";
import type { Comparison, ContenderResult, LoadResult, MeasuredRound } from "./benchReport.ts";
import type { Contender } from "./contender.ts";
import { spreadOf } from "./spread.ts";

/** How long and how often a benchmark measures. */
export interface RoundSettings {
  readonly rounds: number;
  /** The time that a round should take, ms. */
  readonly roundMs: number;
  /** The smallest and the largest number of operations in a round. */
  readonly operationsMin: number;
  readonly operationsMax: number;
}

/** The circumstances of a comparison. */
export interface Measuring {
  readonly settings: RoundSettings;
  /** The processes of MySQL and Redis, as far as their pids are known. */
  readonly servers: WatchedProcesses;
  /** Called after each round. */
  readonly onRound: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Warm-ups of each contender. */
export const WARM_UPS = 2;

/**
 * Measures the product and its yardstick in alternating rounds (A B, B A, …), so that a drift of
 * the machine affects both equally. Before, each side has two warm-ups: a short one, and one that
 * is as long as a round, because the just-in-time compiler needs some thousand operations. Their
 * speed decides how many operations fill a round.
 * @throws the reason of `signal` when it aborts between two rounds
 */
export async function compare(
  title: string,
  contenders: readonly [product: Contender, yardstick: Contender],
  measuring: Measuring,
): Promise<Comparison> {
  const { settings, signal, onRound } = measuring;
  const sized: { readonly contender: Contender; readonly operations: number }[] = [];
  const warmUps = new Map<Contender, LoadResult[]>();
  for (const contender of contenders) {
    let operations = settings.operationsMin;
    const results: LoadResult[] = [];
    while (results.length < WARM_UPS) {
      signal.throwIfAborted();
      const result = await measureRound(contender, operations, measuring);
      results.push(result);
      operations = operationsOf(result, settings);
      onRound(`${title}: warm-up, ${roundText(contender, result)}`);
    }
    warmUps.set(contender, results);
    sized.push({ contender, operations });
  }
  const rounds = new Map<Contender, MeasuredRound[]>(contenders.map((one) => [one, []]));
  for (let round = 1; round <= settings.rounds; round += 1) {
    const inOrder = round % 2 === 0 ? sized.toReversed() : sized;
    for (const { contender, operations } of inOrder) {
      signal.throwIfAborted();
      const result = await measureRound(contender, operations, measuring);
      rounds.get(contender)?.push(result);
      onRound(`${title}: round ${round} of ${settings.rounds}, ${roundText(contender, result)}`);
    }
  }
  const resultOf = (contender: Contender): ContenderResult => {
    const warmUp = warmUps.get(contender) ?? [];
    return contenderResult(contender.name, warmUp, rounds.get(contender) ?? []);
  };
  const [product, yardstick] = contenders;
  return comparisonOf(title, resultOf(product), resultOf(yardstick));
}

/** The number of operations that take `roundMs` at the speed of the warm-up. */
export function operationsOf(warmUp: LoadResult, settings: RoundSettings): number {
  const { roundMs, operationsMin, operationsMax } = settings;
  const perMs = (warmUp.accepted + warmUp.refused) / warmUp.elapsedMs;
  return Math.min(operationsMax, Math.max(operationsMin, Math.round(perMs * roundMs)));
}

async function measureRound(
  contender: Contender,
  operations: number,
  { servers }: Measuring,
): Promise<MeasuredRound> {
  const run = await contender.prepare(operations);
  const watched = { ...contender.processes, ...servers };
  const before = await cpuTimes(watched);
  const machineBefore = machineCpuMs();
  const result = await run();
  return {
    ...result,
    machineCpuMs: machineCpuMs() - machineBefore,
    cpuMs: cpuSpent(before, await cpuTimes(watched)),
    memoryMb: await memoryByParty(contender.processes),
    loadAverage: loadAverageNow(),
  };
}

async function memoryByParty(processes: WatchedProcesses): Promise<Record<string, number[]>> {
  const memory: Record<string, number[]> = {};
  for (const [party, pids] of Object.entries(processes)) memory[party] = await memoryMb(pids);
  return memory;
}

function roundText({ name }: Contender, { accepted, refused, elapsedMs }: LoadResult): string {
  const rate = (count: number) => Math.round((count * 1000) / elapsedMs);
  const refusals = refused === 0 ? "" : ` and ${rate(refused)} refused/s`;
  return `${name} ${rate(accepted)} accepted/s${refusals}`;
}

/** Sums up the rounds of a contender. */
export function contenderResult(
  name: string,
  warmUps: readonly LoadResult[],
  rounds: readonly MeasuredRound[],
): ContenderResult {
  const perSecond = (pick: (round: MeasuredRound) => number) =>
    spreadOf(rounds.map((round) => (pick(round) * 1000) / round.elapsedMs));
  const operations = sum(rounds.map((round) => round.accepted + round.refused));
  const parties = new Set(rounds.flatMap(({ cpuMs }) => Object.keys(cpuMs)));
  const cpuUs = [...parties].map((party) => {
    const totalMs = sum(rounds.map(({ cpuMs }) => cpuMs[party] ?? 0));
    return [party, (totalMs * 1000) / operations] as const;
  });
  return {
    name,
    warmUps: [...warmUps],
    rounds: [...rounds],
    acceptedPerSecond: perSecond((round) => round.accepted),
    refusedPerSecond: perSecond((round) => round.refused),
    cpuUs: Object.fromEntries(cpuUs),
  };
}

/** Compares two contenders round by round. */
export function comparisonOf(
  title: string,
  product: ContenderResult,
  yardstick: ContenderResult,
): Comparison {
  const ratios = (pick: (round: MeasuredRound) => number | undefined): number[] =>
    product.rounds.flatMap((round, index) => {
      const base = yardstick.rounds[index];
      const one = pick(round);
      const other = base === undefined ? undefined : pick(base);
      return one === undefined || other === undefined ? [] : [one / other];
    });
  const latencyRatios = ratios(({ latencyMs }) => latencyMs?.p95);
  return {
    title,
    product,
    yardstick,
    ratio: spreadOf(ratios(perSecondOf)),
    latencyRatio: latencyRatios.length === 0 ? undefined : spreadOf(latencyRatios),
  };
}

function perSecondOf({ accepted, refused, elapsedMs }: LoadResult): number {
  return ((accepted + refused) * 1000) / elapsedMs;
}
