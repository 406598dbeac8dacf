import type { Estimate } from "./lockReport.ts";

/** Two-sided 95 % quantiles of Student's t distribution for 1 to 30 degrees of freedom. */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];
const NORMAL_95 = 1.96;

/**
 * The mean and its 95 % confidence interval by Student's t (Gosset, "The Probable Error of a Mean",
 * 1908). One value has no interval.
 * @param values at least one
 */
export function estimateOf(values: readonly number[]): Estimate {
  const runs = values.length;
  const mean = meanOf(values);
  if (runs < 2) return { mean, halfWidth: 0, runs };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (runs - 1));
  const quantile = T_95[runs - 2] ?? NORMAL_95;
  return { mean, halfWidth: (quantile * deviation) / Math.sqrt(runs), runs };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
