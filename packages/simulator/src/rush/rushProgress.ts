/** The progress of a running rush. */
export interface RushProgress {
  readonly stage: "setting up" | "rush" | "draining" | "checking";
  readonly elapsedMs: number;
  readonly buyers: number;
  readonly arrived: number;
  readonly admitted: number;
  /** The number of buyers whose session has ended. */
  readonly ended: number;
  readonly seats: number;
  readonly sold: number;
  readonly failures: number;
  /** Number of outbox messages that are not published yet, during the drain. */
  readonly pendingMessages: number;
  /** Estimated time until the last session ends; undefined until an estimate is possible. */
  readonly etaMs: number | undefined;
}

/**
 * The recent period from which the pace is computed, so that the estimate follows a change within
 * seconds.
 */
const PACE_SPAN_MS = 3000;
/**
 * Number of sessions that must have ended before an estimate: a tenth of all, but no more than a
 * hundred.
 */
const BASIS_SHARE = 0.1;
const BASIS_MAX = 100;

/**
 * Estimates the remaining time from the sessions that ended recently. The estimated end is never
 * before the last arrival. There is no estimate before enough sessions have ended.
 * @param ends times at which sessions ended, ascending, ms since the sale opened
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
  const basis = Math.min(BASIS_MAX, buyers * BASIS_SHARE);
  if (recent === 0 || ends.length < basis) return undefined;
  const atPaceMs = ((buyers - ends.length) * (nowMs - since)) / recent;
  return Math.max(atPaceMs, lastArrivalMs - nowMs);
}
