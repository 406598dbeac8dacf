/** Public entry of the benchmarks. */

export { cpuSpent, cpuTimes, machineCpuMs, type WatchedProcesses } from "../measure/cpuTime.ts";
export { benchDatabaseUrl, dropBenchDatabase, leftBenchDatabases } from "./benchDatabase.ts";
export type { BenchGround, BenchSettings, OtherVersion } from "./benchGround.ts";
export { BENCH_NAMES, BENCHES, type Bench, type BenchName } from "./benchList.ts";
export { dropBenchKeys } from "./benchRedis.ts";
export {
  type BenchProfile,
  type BenchReport,
  type BenchResult,
  benchReportSchema,
  type Comparison,
  type ContenderResult,
  type MeasuredRound,
  type Spread,
} from "./benchReport.ts";
export {
  CACHING_API_PROCESSES,
  type CachingFigures,
  type CachingPlan,
  runCachingBench,
} from "./caching/runCachingBench.ts";
export { packetReader, prefixOf } from "./caching/statementCounter.ts";
export { WARM_UPS } from "./compare.ts";
export { type KilledHoldsInput, runKilledHolds } from "./events/runKilledHolds.ts";
export { type NotifyWaysInput, runNotifyWays } from "./events/runNotifyWays.ts";
export { type IndexProgress, indexProgress } from "./indexes/indexProgress.ts";
export { planOfJson, planOfTree } from "./indexes/planText.ts";
export {
  type IndexBenchInput,
  type IndexBenchResult,
  runIndexBench,
} from "./indexes/runIndexBench.ts";
export { type FillSaleOptions, fillSale } from "./invariants/fillSale.ts";
export { benchMemory, type MemoryFigures } from "./memory/benchMemory.ts";
export { removeAll } from "./removeAll.ts";
export { isClean, runBench } from "./runBench.ts";
export { dropReservationKey } from "./splitDatabase.ts";
