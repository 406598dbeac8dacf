import type { LoadLimits } from "./scenario.ts";

/** Limits that several scenarios share. A user accepts a second for a look, three to buy. */
export const LOOK_LIMITS: LoadLimits = { p95Ms: 1000, failedShareMax: 0.01 };
export const PURCHASE_LIMITS: LoadLimits = { p95Ms: 3000, averageMs: 1000, failedShareMax: 0.01 };
/** Charges involve money, so hardly any may fail. */
export const MONEY_LIMITS: LoadLimits = {
  p95Ms: 3000,
  p99Ms: 5000,
  averageMs: 1000,
  failedShareMax: 0.001,
};
