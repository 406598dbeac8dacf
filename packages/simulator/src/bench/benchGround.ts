import type { CoreContext } from "@onsale/core";
import type { WatchedProcesses } from "../measure/cpuTime.ts";
import type { ApiSettings } from "./benchApis.ts";
import type { Measuring, RoundSettings } from "./compare.ts";

/** A message of a topic. */
export interface TopicRecord {
  readonly key: string;
  /** The version of the message's aggregate. */
  readonly version: number;
  /** When the broker stored the message, ms since the epoch. */
  readonly atMs: number;
}

/** A topic whose messages have the time at which the broker stored them. */
export interface MeasuredTopic {
  /**
   * Reads the next messages, in the order of each partition.
   * @returns fewer than `count` when the broker has no more of them
   */
  read(count: number): Promise<readonly TopicRecord[]>;
  /** Deletes the topic. */
  close(): Promise<void>;
}

/** The functions of core that prepare a benchmark. */
export type StageWorkflows = Pick<
  typeof import("@onsale/core"),
  | "configureQueue"
  | "createConcert"
  | "createPerformance"
  | "joinQueue"
  | "promoteWaiting"
  | "queueStatus"
>;

/** Another version of the product, on a database of its own. */
export interface OtherVersion {
  /** The commit of its checkout. */
  readonly name: string;
  readonly core: CoreContext;
  readonly workflows: StageWorkflows;
  readonly apis: ApiSettings;
  close(): Promise<void>;
}

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
  /** Opens the version of another checkout. */
  readonly openOtherVersion: (checkout: string) => Promise<OtherVersion>;
  /** Creates a topic. */
  readonly openTopic: (name: string) => Promise<MeasuredTopic>;
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
  /** Number of processes of the waiting room, for `crowd`; with 0 the API processes serve it. */
  readonly queueProcesses: number;
  /** Number of seats of the list, for `seats`. */
  readonly seats: number;
  /** Number of published messages in the outbox, for `relay`. */
  readonly published: number;
  /** Messages written per second, for `relay`. */
  readonly perSecond: number;
  /** The checkout of another version to compare with, for `holds`. */
  readonly against?: string | undefined;
  /** Also profile one API process under the load of the product's rounds. */
  readonly profile: boolean;
}
