import {
  type ApiLoad,
  addDurations,
  bucketOfDuration,
  type Clock,
  type CoreContext,
  type OnsaleConfig,
} from "@onsale/core";
import { workBounds } from "../http/requestLimits.ts";
import type { WorkBounds } from "../middlewares/inFlight.ts";
import { HOLD_ROUTES, WAITING_ROUTES } from "../routes/endpoints.ts";

/** An answer to a request of a client. */
export interface CountedAnswer {
  readonly route: string;
  readonly status: number;
  /** The error code; undefined for a successful request. */
  readonly code: string | undefined;
  /** Whether it is the stored answer of an earlier request. */
  readonly isReplay: boolean;
  /** From the headers of the request to the answer. */
  readonly ms: number;
}

/** The part of a report that the requests of a process make. */
export type ActivityFigures = Pick<
  ApiLoad,
  "windowMs" | "inFlight" | "inFlightMax" | "answered" | "overloaded" | "unavailable" | "holds"
>;

/** The work of one process: its bounds, and the figures of its reports. */
export interface ApiActivity {
  readonly bounds: WorkBounds;
  count(answer: CountedAnswer): void;
  /** Returns the figures since the last call. */
  take(): ActivityFigures;
}

/**
 * Number of windows that the figures of the holds span, about ten seconds. In one second, a sale
 * that is not in its rush has too few holds for a percentile.
 */
const HOLD_WINDOWS = 10;

interface Window {
  readonly startedMs: number;
  answered: number;
  overloaded: number;
  unavailable: number;
  refusedHolds: number;
  readonly acceptedHolds: Record<string, number>;
}

/** Creates the bounds of one process, with counters at zero. */
export function apiActivity(
  core: Pick<CoreContext, "clock">,
  config: Pick<OnsaleConfig, "http">,
): ApiActivity {
  const { clock } = core;
  const bounds = workBounds(core, config);
  const { buying } = bounds;
  let current = emptyWindow(clock);
  let latest: readonly Window[] = [];
  return {
    bounds,
    count: (answer) => countIn(current, answer),
    take() {
      const { startedMs, answered, overloaded, unavailable } = current;
      latest = [...latest, current].slice(-HOLD_WINDOWS);
      current = emptyWindow(clock);
      const endedMs = current.startedMs;
      return {
        windowMs: endedMs - startedMs,
        ...{ inFlight: buying.count(), inFlightMax: buying.max },
        ...{ answered, overloaded, unavailable },
        holds: {
          windowMs: endedMs - (latest[0]?.startedMs ?? startedMs),
          accepted: addDurations(latest.map(({ acceptedHolds }) => acceptedHolds)),
          refused: latest.reduce((sum, { refusedHolds }) => sum + refusedHolds, 0),
        },
      };
    },
  };
}

function emptyWindow(clock: Clock): Window {
  const counts = { answered: 0, overloaded: 0, unavailable: 0, refusedHolds: 0 };
  return { startedMs: clock.monotonicMs(), ...counts, acceptedHolds: {} };
}

function countIn(window: Window, { route, status, code, isReplay, ms }: CountedAnswer): void {
  // Waiting buyers have slots of their own. Refusals of a crowd say nothing about the buyers in the
  // sale, and its many answers would hide the refusals that those get.
  if (WAITING_ROUTES.has(route)) return;
  window.answered += 1;
  if (code === "OVERLOADED") window.overloaded += 1;
  if (status === 503) window.unavailable += 1;
  if (!HOLD_ROUTES.has(route)) return;
  if (status >= 400) window.refusedHolds += 1;
  // A stored answer is fast, and its hold was counted before.
  else if (!isReplay) {
    const bucket = bucketOfDuration(ms);
    window.acceptedHolds[bucket] = (window.acceptedHolds[bucket] ?? 0) + 1;
  }
}
