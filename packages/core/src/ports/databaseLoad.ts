/** How busy the database server is at one moment. */
export interface DatabaseLoad {
  /** Number of open connections of all processes. */
  readonly connections: number;
  /** The server refuses more connections than this. */
  readonly connectionsMax: number;
  /** Number of statements that run at this moment. */
  readonly running: number;
  /** Number of statements that wait for a row lock at this moment. */
  readonly lockWaits: number;
  /**
   * Number of deadlocks since the server's start; undefined when the server does not count them.
   */
  readonly deadlocks: number | undefined;
  /** True when the server refuses writes, such as a replica before its promotion. */
  readonly isReadOnly: boolean;
}

/** Reads counters of the server, not its tables, so a read costs little for tables of any size. */
export interface DatabaseLoadReader {
  /** @throws DependencyUnavailableError when the database does not answer */
  read(): Promise<DatabaseLoad>;
}
