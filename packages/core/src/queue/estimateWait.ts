import type { LineFigures, QueueSettings } from "../ports/queueStore.ts";

/** The figures that an estimate needs. */
export type MeasuredLine = Pick<
  LineFigures,
  | "activeCount"
  | "recentAdmissions"
  | "latestAdmissions"
  | "measuredMs"
  | "stayCount"
  | "meanStayMs"
>;

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const LATEST_MS = 10_000;

/**
 * The number of admissions from which a count is a measurement. With fewer, chance decides: a count
 * of 30 is wrong by 18 % on average, one of 5 by 45 % (Poisson).
 */
const MEASURED_MIN = 30;

/** No buyer chooses seats and pays in a shorter time, until the first stays show it. */
const FIRST_STAY_MS = 5_000;

/**
 * Returns the admissions per second that were measured: over the last 10 seconds if they had enough
 * admissions, else over the last minute. A line that began to move during that time is measured
 * from its first admission on, and over a second at least.
 * @returns undefined without an admission in the last minute
 */
export function measuredPerSecond(line: MeasuredLine): number | undefined {
  const { latestAdmissions, recentAdmissions, measuredMs } = line;
  if (recentAdmissions === 0) return undefined;
  const isEnough = latestAdmissions >= MEASURED_MIN;
  const [count, windowMs] = isEnough
    ? [latestAdmissions, LATEST_MS]
    : [recentAdmissions, MINUTE_MS];
  const seenMs = Math.max(SECOND_MS, Math.min(windowMs, measuredMs));
  return (count * SECOND_MS) / seenMs;
}

/**
 * Estimates the seconds until a position is admitted. The admission rate decides for the positions
 * within the free slots. For later positions, the rate at which slots become free decides. A
 * draining queue still admits its waiting buyers.
 * @returns whole seconds, at least 1; undefined while the queue is paused, because it admits no
 *   buyer until an operator opens it
 */
export function etaSecondsOf(
  line: MeasuredLine & { readonly position: number },
  settings: QueueSettings,
): number | undefined {
  if (settings.mode === "paused") return undefined;
  const { position } = line;
  const policyPerSecond = settings.admissionRatePerMinute / 60;
  const freeSlots = Math.max(0, settings.activeCountMax - line.activeCount);
  const freedPerSecond = (settings.activeCountMax * SECOND_MS) / stayMsOf(line, settings);
  const seconds = Math.max(position / policyPerSecond, (position - freeSlots) / freedPerSecond);
  return Math.max(1, Math.ceil(seconds));
}

/**
 * Estimates how long a buyer keeps a slot. By Little's law, N full slots become free at the rate
 * N / stay. The admissions themselves would not show this rate at the opening of a sale, because
 * they fill the free slots first, as fast as the admission rate allows.
 *
 * The first stays to end are the short ones. Until as many stays have ended as there are slots, the
 * estimate is therefore at least the time since the first admission. Without an admission in the
 * last minute and without an ended stay, it assumes that every buyer keeps the slot until the
 * admission expires.
 */
function stayMsOf(
  { stayCount, meanStayMs, recentAdmissions, measuredMs }: MeasuredLine,
  { activeCountMax, activeTtlMs }: QueueSettings,
): number {
  if (stayCount === 0 && recentAdmissions === 0) return activeTtlMs;
  const shortestMs = stayCount < activeCountMax ? Math.max(FIRST_STAY_MS, measuredMs) : 1;
  return Math.min(activeTtlMs, Math.max(shortestMs, meanStayMs));
}
