/** The processes of a rush, as the runner needs them. */
export interface LiveProcesses {
  /** One for each API process. */
  readonly baseUrls: readonly string[];
  /** Of those that run now, by role. */
  pids(): { readonly api: readonly number[]; readonly worker: readonly number[] };
  /** SIGKILL: no goodbye, no cleaning up. Resolves once the process is gone. */
  killApi(index: number): Promise<void>;
  /** Starts it again on its old port; resolves once it is ready. */
  restartApi(index: number): Promise<void>;
  /** Ends all, gently first; safe to call twice. */
  stop(): Promise<void>;
}
