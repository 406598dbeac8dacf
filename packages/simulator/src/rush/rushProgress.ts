/** The progress of a rush. */
export interface RushProgress {
  readonly stage: "setting up" | "rush" | "draining" | "checking";
  readonly elapsedMs: number;
  readonly buyers: number;
  readonly arrived: number;
  readonly admitted: number;
  /** Buyers whose session has ended. */
  readonly ended: number;
  readonly seats: number;
  readonly sold: number;
  readonly failures: number;
  /** Outbox messages still to be published, while draining. */
  readonly pendingMessages: number;
  /** Time until the last session ends, at the present pace; undefined before it is known. */
  readonly etaMs: number | undefined;
}

/** The pace is measured over this span, so that the estimate follows a change within seconds. */
const PACE_SPAN_MS = 3000;

/**
 * Estimates the remaining time from the sessions that ended lately. The estimate never ends
 * before the last arrival.
 * @param ends ends of sessions, ascending, ms since the sale opened
 */
export function etaOf(
  ends: readonly number[],
  buyers: number,
  nowMs: number,
  lastArrivalMs: number,
): number | undefined {
  const since = Math.max(0, nowMs - PACE_SPAN_MS);
  let recent = 0;
  for (let index = ends.length - 1; index >= 0 && (ends[index] ?? 0) > since; index--) recent++;
  if (recent === 0) return undefined;
  const atPaceMs = ((buyers - ends.length) * (nowMs - since)) / recent;
  return Math.max(atPaceMs, lastArrivalMs - nowMs);
}
