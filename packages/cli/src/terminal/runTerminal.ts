import type { ProgressTarget } from "@onsale/simulator";

/** The terminal of a long run: its stop signal and its output streams. */
export interface RunTerminal {
  readonly signal: AbortSignal;
  /** Messages for the person at the terminal. */
  readonly say: (line: string) => void;
  /** Data for people. */
  readonly print: (line: string) => void;
  /** Receives the progress line; undefined when none is shown. */
  readonly progressOn: ProgressTarget | undefined;
}
