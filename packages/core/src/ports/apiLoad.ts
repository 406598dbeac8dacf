import type { DurationCounts } from "../shared/durationCounts.ts";

/** The use of the pool of database connections of one process. */
export interface PoolUse {
  /** Connections that run a statement or a transaction. */
  readonly inUse: number;
  /** Statements and transactions that wait for a free connection. */
  readonly waiting: number;
  /** Most connections of the process. */
  readonly max: number;
}

/**
 * How busy a process that serves requests is. The counts are of its window, the time since its last
 * report. Requests for probes, metrics and documents do not count.
 */
export interface ApiLoad {
  /** Host and process id, for people: "sale-2:4711". */
  readonly processName: string;
  /** Time since the process began to report, ms. */
  readonly uptimeMs: number;
  /** Length of the window, ms. */
  readonly windowMs: number;
  /** Requests that the process works on, and their bound. */
  readonly inFlight: number;
  readonly inFlightMax: number;
  readonly pool: PoolUse;
  /** The longest delay of the event loop in the window, ms. */
  readonly loopDelayMs: number;
  /**
   * Requests that were answered, with any status. Requests of waiting buyers (join, status, events)
   * have slots of their own, and count in none of these three numbers.
   */
  readonly answered: number;
  /** Answers with the code OVERLOADED: the process had no room or no time for the request. */
  readonly overloaded: number;
  /** Answers with status 503 and any code, such as that of a server that does not answer. */
  readonly unavailable: number;
  readonly holds: HoldFigures;
}

/** Requests to hold seats. Their window is longer, because a percentile needs many of them. */
export interface HoldFigures {
  readonly windowMs: number;
  /** Durations of new holds, from the headers of the request to its answer. */
  readonly accepted: DurationCounts;
  /**
   * Requests that got no hold. A request that a full process refused before it looked at the path
   * is counted only in `overloaded`.
   */
  readonly refused: number;
}

/** The last report of a process. */
export interface ApiReport extends ApiLoad {
  /** Age of the report, ms by Redis's clock. */
  readonly silentMs: number;
}

/**
 * The reports of the processes that serve requests. A process that stops cleanly removes its
 * report. A report that was not renewed in time is of a process that died, froze or does not reach
 * Redis.
 */
export interface ApiLoadStore {
  /**
   * Replaces the report of the process.
   * @param keepMs time after which the report is deleted when it is not renewed, ms
   */
  report(load: ApiLoad, keepMs: number): Promise<void>;
  remove(processName: string): Promise<void>;
  /** @returns the reports by name */
  list(): Promise<readonly ApiReport[]>;
}
