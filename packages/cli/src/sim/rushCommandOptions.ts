import type { ArrivalKind } from "@onsale/simulator";
import type { RunTerminal } from "../terminal/runTerminal.ts";

/** The options of every kind of rush: the flags, and the output streams. */
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

/** Settings of the product for a rush that takes only seconds. The environment overrides them. */
export const RUSH_SETTINGS = {
  // A log line for each of tens of thousands of requests would slow the run down.
  LOG_LEVEL: "warn",
  // Holds expire soon, so that abandoned seats return while other buyers are still looking for
  // seats.
  HOLD_TTL_MS: "10000",
  HOLD_SWEEP_MS: "500",
  // Clients poll often. The admission rate is measured over a minute, so the estimates of the first
  // seconds are far too long.
  POLL_AFTER_MIN_MS: "300",
  POLL_AFTER_MAX_MS: "4000",
  QUEUE_PROMOTE_MS: "100",
} as const;
