/** Public entry of the benchmarks. */

export { cpuSpent, cpuTimes, machineCpuMs, type WatchedProcesses } from "../measure/cpuTime.ts";
export type { ApiSettings } from "./benchApis.ts";
export { benchDatabaseUrl, dropBenchDatabase } from "./benchDatabase.ts";
export type { ProfileSummary, SelfTime } from "./cpuProfile.ts";
export {
  benchHolds,
  type HoldsBenchOptions,
  type HoldsBenchResult,
  labelOf,
  type MeasuredRound,
  type VariantResult,
} from "./holdsBench.ts";
export { type FillSaleOptions, fillSale } from "./invariants/fillSale.ts";
export type { RoundResult } from "./keepInFlight.ts";
export { type Spread, spreadOf } from "./spread.ts";
