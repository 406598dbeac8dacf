import type { CoreContext } from "@onsale/core";
import type { WatchedProcesses } from "../measure/cpuTime.ts";
import type { ApiSettings } from "./benchApis.ts";
import type { Measuring, RoundSettings } from "./compare.ts";

/** Servers and settings of one benchmark. All data is the benchmark's own. */
export interface BenchGround {
  /** A core that is opened on the product's database of this benchmark. */
  readonly core: CoreContext;
  /** The product's database of this benchmark. */
  readonly mysqlUrl: string;
  /**
   * Creates a database for the bare loop at the first call, so that its rows are not judged with
   * the product's.
   */
  readonly bareMysqlUrl: () => Promise<string>;
  readonly redisUrl: string;
  readonly keyPrefix: string;
  readonly apis: ApiSettings;
  /** The pids of MySQL, Redis and Kafka, as far as they are known. */
  readonly servers: WatchedProcesses;
  readonly settings: BenchSettings;
  readonly measuring: Measuring;
  readonly signal: AbortSignal;
}

/** The size of a benchmark. */
export interface BenchSettings extends RoundSettings {
  readonly apiProcesses: number;
  /** Number of open requests at saturation. */
  readonly inFlight: number;
  /** Number of connections of the bare loop V0. */
  readonly bareConnections: number;
  /** Number of waiting buyers, for `crowd`. */
  readonly crowd: number;
  /** Number of seats of the list, for `seats`. */
  readonly seats: number;
  /** Also profile one API process under the load of the product's rounds. */
  readonly profile: boolean;
}
