import type { Percentiles } from "../benchReport.ts";

/**
 * The mean, and exact percentiles by nearest rank: the smallest value such that the given share of
 * all values is not larger.
 * @returns undefined when there are no values
 */
export function percentilesOf(durationsMs: readonly number[]): Percentiles | undefined {
  const sorted = Float64Array.from(durationsMs).sort();
  const max = sorted.at(-1);
  if (max === undefined) return undefined;
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? max;
  const mean = sorted.reduce((sum, one) => sum + one, 0) / sorted.length;
  return { mean, p50: at(0.5), p95: at(0.95), p99: at(0.99), max };
}
