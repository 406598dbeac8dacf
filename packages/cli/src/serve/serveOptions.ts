/** Options of `onsale serve`, with servers or embedded. */
export interface ServeOptions {
  /** The port; 0 selects a free port. */
  readonly port: number;
  readonly authMode: "jwt" | "trusted";
  /** The command runs until this signal aborts. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly onReady: (ready: { baseUrl: string; tour: string }) => Promise<void>;
}

/** The address of the demo, which accepts connections only from this machine. */
export const SERVE_HOST = "127.0.0.1";
