/** What every way of serving is told. */
export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly authMode: "jwt" | "trusted";
  /** Serves until it aborts. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly onReady: (ready: { baseUrl: string; tour: string }) => Promise<void>;
}

/** The demonstration is for this machine alone. */
export const SERVE_HOST = "127.0.0.1";
