import type { ProgressTarget } from "@onsale/simulator";

/** The terminal of a long run: its stop signal and its output streams. */
export interface RunTerminal {
  readonly signal: AbortSignal;
  /** Shows a message for the user. */
  readonly say: (line: string) => void;
  /** Prints data for people. */
  readonly print: (line: string) => void;
  /** Receives the progress line; undefined when no progress is shown. */
  readonly progressOn: ProgressTarget | undefined;
}
