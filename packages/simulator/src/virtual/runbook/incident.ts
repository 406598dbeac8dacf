import type { CoreContext } from "@onsale/core";
import type { MemoryServers } from "@onsale/core/memory";
import type { SeededRandom } from "../../chance/seededRandom.ts";
import type { PreparedSale } from "../../rush/setUpSale.ts";
import type { Breakages } from "../breakages.ts";
import type { Stalls } from "../stalls.ts";

export type ProcessRole = "api" | "worker";

/** The processes of a sale, as people stop and start them. */
export interface Processes {
  /** Crashes the processes of a role. The processes stay down until `release`. */
  hold(role: ProcessRole): void;
  /** Starts the processes of a role that `hold` had stopped. */
  release(role: ProcessRole): void;
  /** Kills every process of a role; a new life begins immediately. */
  restart(role: ProcessRole): void;
  /** Restarts the processes of a role one after another, each after it has ended its work. */
  roll(role: ProcessRole): Promise<void>;
}

/** The parts of a run that an incident breaks and that people repair. */
export interface IncidentStage {
  readonly sale: PreparedSale;
  readonly servers: MemoryServers;
  readonly processes: Processes;
  readonly breakages: Breakages;
  readonly stalls: Stalls;
  /** Reads and writes the stores without faults and without a step of the scheduler. */
  readonly observer: CoreContext;
  /** The random stream of the incident. */
  readonly random: SeededRandom;
  /** Repairs of damage that was planted without the product. A repetition is harmless. */
  readonly repairs: (() => Promise<void>)[];
  /** Redis loses all data. The checker of the line takes the loss into account. */
  loseRedis(): void;
}

type Work = (stage: IncidentStage) => void | Promise<void>;

/** The incident of one runbook, and what people do about it. */
export interface Incident {
  /** Name of the runbook. */
  readonly runbook: string;
  /** Causes the incident; absent for a planned change. */
  readonly cause?: Work;
  /**
   * The work of the manual steps, by the name of the step. A repetition must be harmless. A step
   * without an entry is acknowledged.
   */
  readonly manual?: Readonly<Record<string, Work>>;
  /**
   * The work of people when a precondition has not been true for a long time, for example when
   * another incident has to end first.
   */
  readonly whenUnmet?: Work;
  /**
   * The work of people before a run, while MySQL takes no writes, so that no plan can be stored.
   */
  readonly byHand?: Work;
  /**
   * Matches errors of loops in the log that the incident causes. They do not count as violations.
   */
  readonly explains?: RegExp;
  /** Number of looks without a finding, after which the operator runs the runbook anyway. */
  readonly looksMax: number;
  /** Scheduled faults begin before this time, ms, so that some happen during the steps. */
  readonly faultsUntilMs: number;
  /**
   * The work of the people to whom the incident is handed over when a run has failed, such as the
   * repair of rows that another program has changed. The first failed run is then no violation.
   */
  readonly escalation?: Work;
}
