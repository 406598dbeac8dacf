import type { WatchedProcesses } from "../measure/cpuTime.ts";
import type { LoadResult } from "./benchReport.ts";

/**
 * One side of a comparison: the product, or its yardstick. To add a benchmark, write its two
 * contenders and pass them to `compare`.
 */
export interface Contender {
  /** The name for people, such as "2 API processes". */
  readonly name: string;
  /** The processes whose CPU time counts, by party, in addition to the servers. */
  readonly processes: WatchedProcesses;
  /**
   * Prepares a round. The preparation is not measured.
   * @param operations the number of operations of the round
   * @returns the measured part
   */
  prepare(operations: number): Promise<() => Promise<LoadResult>>;
}
