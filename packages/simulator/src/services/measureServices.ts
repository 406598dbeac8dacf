import { INVARIANTS } from "@onsale/core";
import { percentilesOf } from "../bench/load/percentiles.ts";
import { PLAIN_HABITS } from "./buyerSession.ts";
import { msIn, type PaymentRecord, settledMsOf } from "./paymentRecords.ts";
import type { BuyerState } from "./reservationService.ts";
import { runServices, type ServiceSeedResult } from "./runServices.ts";
import type { ServiceRunOptions } from "./serviceRun.ts";
import type {
  CostFigures,
  Distribution,
  InvariantFigures,
  NaiveFigures,
  SaleFigures,
} from "./servicesReport.ts";
import { NAIVE_SPLITS, type NaiveSplit } from "./split.ts";

export interface VirtualServicesPlan {
  readonly firstSeed: number;
  /** Seeds of each kind of sale, of each cost, and at most of each naive split. */
  readonly seeds: number;
  readonly costSeeds: number;
  readonly naiveSeeds: number;
  readonly signal: AbortSignal;
  /** Called before each seed. @param done share of the seeds that have run, 0 to 1 */
  readonly onSeed: (text: string, done: number) => void;
}

export interface VirtualServicesFigures {
  readonly sales: readonly SaleFigures[];
  readonly costs: readonly CostFigures[];
  readonly naive: readonly NaiveFigures[];
}

/** One transaction and the split, each without and with faults. */
const WORLDS = [
  { isSplit: false, hasFaults: false },
  { isSplit: false, hasFaults: true },
  { isSplit: true, hasFaults: false },
  { isSplit: true, hasFaults: true },
] as const;

/** Every buyer pays in time, and finds a seat soon. */
const PLAIN_SALE = { habits: PLAIN_HABITS, seats: 24 } as const;

/** The buyers of the experiment come without a waiting room, so its invariants have no rows. */
const NOT_EXAMINED: ReadonlySet<string> = new Set(["I7", "I8"]);

/** The states that a buyer sees only because of the split. */
const EXTRA_STATES: readonly BuyerState[] = ["PAYING", "REFUSED", "REFUNDING", "RETURNED"];

/**
 * Measures the split in virtual time. The figures depend only on the commit and the seeds.
 * @throws the reason of `signal`
 */
export async function measureServices(plan: VirtualServicesPlan): Promise<VirtualServicesFigures> {
  const { seeds, costSeeds, naiveSeeds, firstSeed, signal, onSeed } = plan;
  const total = WORLDS.length * (seeds + costSeeds) + NAIVE_SPLITS.length * naiveSeeds;
  let done = 0;
  async function run(text: string, count: number, options: ServiceRunOptions) {
    const results: ServiceSeedResult[] = [];
    for (let seed = firstSeed; seed < firstSeed + count; seed += 1) {
      onSeed(text, done / total);
      // Lets Ctrl-C arrive, because a virtual sale never waits.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      results.push(await runServices(seed, options));
      done += 1;
    }
    return results;
  }
  const sales: SaleFigures[] = [];
  const costs: CostFigures[] = [];
  const naive: NaiveFigures[] = [];
  for (const world of WORLDS) {
    sales.push(saleFigures(world, await run(nameOf(world), seeds, world)));
    const plain = await run(`${nameOf(world)}, cost`, costSeeds, {
      ...world,
      ...PLAIN_SALE,
    });
    costs.push(costFigures(world, plain));
  }
  for (const split of NAIVE_SPLITS) {
    const options = { isSplit: true, hasFaults: true, splitFaults: split.faults };
    naive.push(naiveFigures(split, await run(split.name, naiveSeeds, options)));
  }
  return { sales, costs, naive };
}

type World = (typeof WORLDS)[number];

const nameOf = ({ isSplit, hasFaults }: World): string =>
  `${isSplit ? "two services" : "one transaction"} ${hasFaults ? "with" : "without"} faults`;

function saleFigures(world: World, results: readonly ServiceSeedResult[]): SaleFigures {
  const payments = results.flatMap((result) => result.payments);
  const ends: Record<string, number> = {};
  for (const { states } of payments) {
    const end = states.at(-1)?.state ?? "HELD";
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return {
    ...{ isSplit: world.isSplit, hasFaults: world.hasFaults, seeds: results.length },
    failedSeeds: results.filter(({ endViolations }) => endViolations.length > 0).length,
    ...{ payments: payments.length, ends },
    invariants: INVARIANTS.map(({ id }) => invariantFigures(id, results)),
    states: EXTRA_STATES.map((state) => stateFigures(state, payments)),
  };
}

/** Says how long an invariant was violated, and whether each violation ended. */
export function invariantFigures(
  id: string,
  results: readonly Pick<ServiceSeedResult, "spans" | "endViolations">[],
): InvariantFigures {
  const spans = results.flatMap((result) => result.spans).filter((one) => one.invariant === id);
  const isBroken = results.some(({ endViolations }) =>
    endViolations.some(({ check }) => check === id),
  );
  const ended = spans.flatMap(({ fromMs, untilMs }) =>
    untilMs === undefined ? [] : [untilMs - fromMs],
  );
  const seen = isBroken ? "broken" : spans.length > 0 ? "in the end" : "always";
  return { id, holds: NOT_EXAMINED.has(id) ? "not examined" : seen, ms: distributionOf(ended) };
}

function stateFigures(state: BuyerState, payments: readonly PaymentRecord[]) {
  const visited = payments.filter(({ states }) => states.some((one) => one.state === state));
  return {
    ...{ state, payments: visited.length },
    ms: distributionOf(visited.map((payment) => msIn(payment, state))),
  };
}

function costFigures(world: World, results: readonly ServiceSeedResult[]): CostFigures {
  const confirmed = results
    .flatMap(({ payments }) => payments)
    .filter(({ states }) => states.at(-1)?.state === "CONFIRMED");
  const sumOf = (value: (result: ServiceSeedResult) => number): number =>
    rounded(results.reduce((sum, one) => sum + value(one), 0) / Math.max(1, confirmed.length));
  return {
    ...{ isSplit: world.isSplit, hasFaults: world.hasFaults, seeds: results.length },
    payments: confirmed.length,
    ms: distributionOf(confirmed.flatMap((payment) => settledMsOf(payment) ?? [])),
    reads: sumOf(({ work }) => work.reads),
    writes: sumOf(({ work }) => work.writes),
    transactions: sumOf(({ work }) => work.transactions),
    messages: sumOf(({ messages }) => messages),
    deliveries: sumOf(({ deliveries }) => deliveries),
  };
}

function naiveFigures({ name, about }: NaiveSplit, results: readonly ServiceSeedResult[]) {
  const failed = results.filter(({ endViolations }) => endViolations.length > 0);
  const [first] = failed;
  const checks = failed.flatMap(({ endViolations }) => endViolations.map(({ check }) => check));
  // The first one that names a row.
  const found = first?.endViolations ?? [];
  const example = found.find(({ message }) => message.includes("reservation")) ?? found[0];
  return {
    ...{ name, about, seeds: results.length, failedSeeds: failed.length },
    ...(first && { firstFailed: first.seed }),
    checks: [...new Set(checks)].sort(),
    example: example ? `${example.check}: ${example.message}` : "",
  };
}

/** Summarises durations. */
export function distributionOf(ms: readonly number[]): Distribution {
  const { p50 = 0, p95 = 0, max = 0 } = percentilesOf(ms) ?? {};
  return { count: ms.length, p50: rounded(p50), p95: rounded(p95), max: rounded(max) };
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
