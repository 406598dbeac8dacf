/** Options of `onsale serve`, on servers and embedded. */
export interface ServeOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly authMode: "jwt" | "trusted";
  /** Serves until it aborts. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly onReady: (ready: { baseUrl: string; tour: string }) => Promise<void>;
}

/** The demo listens on this machine only. */
export const SERVE_HOST = "127.0.0.1";
