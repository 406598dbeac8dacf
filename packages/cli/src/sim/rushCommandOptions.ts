import type { ArrivalKind } from "@onsale/simulator";
import type { RunTerminal } from "../terminal/runTerminal.ts";

/** Options of every kind of rush: the flags, and where to print. */
export interface RushCommandOptions extends RunTerminal {
  readonly buyers: number;
  readonly seats: number;
  readonly arrival: ArrivalKind;
  readonly duration: number;
  readonly seed: number;
  readonly active: number;
  readonly think: number;
  readonly abandon: number;
  readonly retry: number;
  readonly json?: string | undefined;
  readonly report?: string | undefined;
}

/** Settings of the product for a rush of seconds; the environment overrides them. */
export const RUSH_SETTINGS = {
  // Writing one log line for each of tens of thousands of requests would slow the run down.
  LOG_LEVEL: "warn",
  // Seats of buyers who abandon their hold return while other buyers still search.
  HOLD_TTL_MS: "10000",
  HOLD_SWEEP_MS: "500",
  // The rate is measured over a minute, so in the first seconds estimates are far too long.
  POLL_AFTER_MIN_MS: "300",
  POLL_AFTER_MAX_MS: "4000",
  QUEUE_PROMOTE_MS: "100",
} as const;
