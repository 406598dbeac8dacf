import type { ProgressTarget } from "@onsale/simulator";

/** The terminal as a run that takes its time sees it: when to stop, and where to speak. */
export interface RunTerminal {
  readonly signal: AbortSignal;
  /** Messages to whoever watches. */
  readonly say: (line: string) => void;
  /** Data for people. */
  readonly print: (line: string) => void;
  /** Where progress is shown; undefined for nowhere. */
  readonly progressOn: ProgressTarget | undefined;
}
