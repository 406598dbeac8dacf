import type { Comparison, ContenderResult, MeasuredRound, Spread } from "@onsale/simulator/bench";

/** The parties whose CPU time is measured, with their names for people. */
export const PARTIES = [
  ["api", "API"],
  ["queue", "Waiting room"],
  ["worker", "Worker"],
  ["mysql", "MySQL"],
  ["redis", "Redis"],
  ["kafka", "Kafka"],
  ["load", "Load generator"],
  ["yardstick", "Yardstick"],
  ["crowd", "Crowd"],
] as const;

/** The parties of the product: without the clients and the yardstick. */
const PRODUCT_PARTIES = new Set(["api", "queue", "worker", "mysql", "redis", "kafka"]);

/** Both sides of a comparison, the product first. */
export function contendersOf({ product, yardstick }: Comparison): readonly ContenderResult[] {
  return [product, yardstick];
}

/** The parties that appear in any of the results. */
export function partiesOf(results: readonly ContenderResult[]): (typeof PARTIES)[number][] {
  return PARTIES.filter(([party]) => results.some(({ cpuUs }) => party in cpuUs));
}

/** A percentile of the accepted operations, ms: the median of the rounds; undefined without. */
export function latencyOf(
  { rounds }: ContenderResult,
  percentile: "p50" | "p95" | "p99",
): number | undefined {
  const values = rounds.flatMap(({ latencyMs }) => {
    return latencyMs === undefined ? [] : [latencyMs[percentile]];
  });
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** CPU time of an operation in all parties of the product, us. */
export function productCpuUs({ cpuUs }: ContenderResult): number {
  return sum(
    Object.entries(cpuUs).flatMap(([party, us]) => (PRODUCT_PARTIES.has(party) ? [us] : [])),
  );
}

/**
 * CPU time of an operation in all parties, clients included, yardstick to product. Other programs
 * change it little, although they change the rates.
 */
export function totalCpuRatio({ product, yardstick }: Comparison): number {
  return sum(Object.values(yardstick.cpuUs)) / sum(Object.values(product.cpuUs));
}

/**
 * CPU time of the bare server to the product's API, for one operation; undefined for another
 * yardstick.
 */
export function cpuRatio({ product, yardstick }: Comparison): number | undefined {
  if (yardstick.cpuUs.load === undefined) return undefined;
  const { api } = product.cpuUs;
  const { yardstick: bare } = yardstick.cpuUs;
  return api === undefined || bare === undefined ? undefined : bare / api;
}

/**
 * Cores that each party used during the rounds, and `others`: programs that are no party of the
 * benchmark.
 */
export function coresOf({ rounds }: ContenderResult): ReadonlyMap<string, number> {
  const elapsedMs = sum(rounds.map((round) => round.elapsedMs));
  const cores = new Map<string, number>();
  for (const { cpuMs } of rounds) {
    for (const [party, ms] of Object.entries(cpuMs)) {
      cores.set(party, (cores.get(party) ?? 0) + ms / elapsedMs);
    }
  }
  const machine = sum(rounds.map((round) => round.machineCpuMs)) / elapsedMs;
  cores.set("others", Math.max(0, machine - sum([...cores.values()])));
  return cores;
}

/** Above this number of cores, other programs disturbed the measurement. */
export const OTHER_CORES_SHOWN_MIN = 0.2;

/** The most cores that other programs used on one side of a comparison. */
export function otherCoresMax(comparisons: readonly Comparison[]): number {
  const sides = comparisons.flatMap(contendersOf);
  return Math.max(0, ...sides.map((one) => coresOf(one).get("others") ?? 0));
}

/** The counts of reasons in all rounds, such as "8 409 SEAT_CONTENDED". */
export function reasonsText(counts: readonly Readonly<Record<string, number>>[]): string {
  const total = new Map<string, number>();
  for (const [reason, count] of counts.flatMap((one) => Object.entries(one))) {
    total.set(reason, (total.get(reason) ?? 0) + count);
  }
  return [...total].map(([reason, count]) => `${count} ${reason}`).join(", ");
}

/** A spread as "90 (80 to 100)". */
export function spreadText({ median, min, max }: Spread, digits: number): string {
  const [middle, least, most] = [median, min, max].map((value) => numberText(value, digits));
  return `${middle} (${least} to ${most})`;
}

/** A number with separators and a fixed number of digits: "12,345.6". */
export function numberText(value: number, digits: number): string {
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** The highest load average at the end of a round. */
export function loadAverageMax(comparison: Comparison): number {
  const rounds = contendersOf(comparison).flatMap((one) => one.rounds);
  return Math.max(...rounds.map(({ loadAverage }) => loadAverage));
}

/** The memory of the product's own processes after the first and after the last round. */
export function memoryText(comparisons: readonly Comparison[]): string {
  const rounds = comparisons.flatMap(({ product }) => product.rounds);
  const after = (round: MeasuredRound | undefined, party: string) =>
    (round?.memoryMb[party] ?? []).map((mib) => mib.toFixed(0)).join(" and ");
  const texts = PARTIES.flatMap(([party, label]) => {
    const first = after(rounds[0], party);
    if (first === "" || !PRODUCT_PARTIES.has(party)) return [];
    return [
      `${label} ${first} MiB after the first round, ${after(rounds.at(-1), party)} after the last`,
    ];
  });
  return `Memory: ${texts.join("; ") || "unknown"}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
