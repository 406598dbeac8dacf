/** The started processes of a rush. */
export interface LiveProcesses {
  /** The base URLs of the API processes. */
  readonly baseUrls: readonly string[];
  /** The base URLs of the processes for waiting buyers; without any, the API serves them. */
  readonly queueUrls?: readonly string[];
  /** The pids of the processes that are running now, by role. */
  pids(): {
    readonly api: readonly number[];
    readonly worker: readonly number[];
    readonly queue?: readonly number[];
  };
  /**
   * Kills an API process with SIGKILL, so that it cannot clean up. Resolves when the process has
   * ended.
   */
  killApi(index: number): Promise<void>;
  /** Starts the API process again on the same port. Resolves when the process is ready. */
  restartApi(index: number): Promise<void>;
  /** Stops all processes, with SIGTERM first. A second call has no effect. */
  stop(): Promise<void>;
}
