/** The use of the pool of database connections of one process. */
export interface PoolUse {
  /** Connections that run a statement or a transaction. */
  readonly inUse: number;
  /** Statements and transactions that wait for a free connection. */
  readonly waiting: number;
  /** Most connections of the process. */
  readonly max: number;
}

/** How busy a process that serves requests is. */
export interface ApiLoad {
  /** Host and process id, for people: "sale-2:4711". */
  readonly processName: string;
  /** Requests that the process works on, and their bound. */
  readonly inFlight: number;
  readonly inFlightMax: number;
  readonly pool: PoolUse;
  /** The longest delay of the event loop since the last report, ms. */
  readonly loopDelayMs: number;
}

/**
 * The reports of the processes that serve requests. A report that was not renewed in time is gone;
 * the process is then dead, or so busy that it cannot report.
 */
export interface ApiLoadStore {
  /** Replaces the report of the process. @param ttlMs how long the report is good, ms */
  report(load: ApiLoad, ttlMs: number): Promise<void>;
  remove(processName: string): Promise<void>;
  list(): Promise<readonly ApiLoad[]>;
}
