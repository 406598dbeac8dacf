import type { LineFigures, QueueSettings } from "../ports/queueStore.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import { jittered, type Random } from "../shared/random.ts";
import { etaSecondsOf, measuredPerSecond } from "./estimateWait.ts";

/*
 * When a waiting buyer polls again
 *
 * Problem: every waiting buyer polls, and the polls must not take the machines from the buyers who
 * hold seats and pay. A line of any length may therefore cost only a bounded number of polls per
 * second. But an admission that its buyer learns too late costs a slot, or the place.
 *
 * The advised pause is the longest of
 * - the share of the budget: with a budget of B polls per second (`QUEUE_POLLS_PER_SECOND`) and N
 *   waiting buyers, position p pauses for (p + h) * ln(1 + N/h) / B seconds, h = `HEAD_SIZE`. So a
 *   buyer polls more often near the head, about equally often within the first h positions;
 * - a tenth of the estimated waiting time, up to `POLL_AFTER_MAX_MS`; and
 * - `POLL_AFTER_MIN_MS`.
 * The polls of all positions that follow their share add up to B at most, because the sum of
 * 1/(p + h) for p = 1..N is less than ln(1 + N/h).
 *
 * Three upper bounds have priority over the first two. No pause is longer than `PAUSE_MS_MAX`. The
 * others let no buyer return too late:
 * - the estimated waiting time; and
 * - for the case that the estimate is wrong: the time in which the position cannot be admitted, and
 *   a margin, `POLL_AFTER_MAX_MS` or half of the activation time. The calculation assumes that all
 *   active buyers leave now, and that others follow at the admission rate, or at twice the measured
 *   rate if that is slower.
 * Positions that an upper bound holds below their share cost more than the budget: together about
 * r * (1 + ln(N/r)) polls per second, with r admissions per second. To stay within the budget even
 * so, set it to about ten times the admissions per second.
 *
 * After a loss of Redis, promotion pauses for `POLL_AFTER_MAX_MS` (`rebuildQueue.ts`). With the
 * second upper bound, each buyer is back before the line reaches the buyer's place, although buyers
 * far back pause for longer.
 *
 * A buyer far back can still return after the activation time: when an operator makes the line
 * several times as fast during the pause, or when a large part of the buyers ahead leave the line.
 * The buyer keeps the place then (`bestPlace.ts`), and waits for the next free slot.
 */

/** The settings of the process for pauses. */
export interface PauseSettings {
  readonly pollAfterMinMs: number;
  readonly pollAfterMaxMs: number;
  readonly pollsPerSecond: number;
}

/** A position in line, and the figures of its queue. */
export type PausePlace = LineFigures & { readonly position: number };

/**
 * The number of positions at the head that poll about equally often: about as many as a queue
 * admits in a second.
 */
const HEAD_SIZE = 50;
/**
 * About how many times a client polls until its admission while the budget is sufficient: rarely at
 * first, more often near the head of the line.
 */
const POLLS_UNTIL_ADMISSION = 10;
/** Spreads the polls of clients that joined at the same time. */
const POLL_SPREAD = 0.2;
/** The share of the activation time that a buyer may miss before the next poll. */
const ACTIVATION_SHARE_MAX = 0.5;
/**
 * The longest pause in any line. A client that waits with `setTimeout` cannot wait for longer than
 * 2^31 - 1 ms and would poll at once, and a token must be renewed within a day. A million buyers in
 * line need no longer pause with the default budget.
 */
const PAUSE_MS_MAX = 6 * 60 * 60 * 1000;
/** How many times as fast as measured a line may become during a pause. */
const ACCELERATION_MAX = 2;

/**
 * Returns when a waiting client should poll again. The result is random within a fifth, so that
 * clients with similar positions do not poll at the same moment.
 * @returns whole milliseconds, at most `longestPauseMs`, rounded up. `pollAfterMinMs` has priority
 *   over the estimate, but not over half of the activation time
 */
export function pollAfterMs(
  random: Random,
  place: PausePlace,
  queue: QueueSettings,
  pause: PauseSettings,
): number {
  const marginMs = marginOf(queue, pause);
  const shortestMs = Math.min(pause.pollAfterMinMs, marginMs);
  const etaSeconds = etaSecondsOf(place, queue);
  const tenthMs = etaSeconds === undefined ? marginMs : (etaSeconds * 1000) / POLLS_UNTIL_ADMISSION;
  const wantedMs = Math.max(
    shortestMs,
    Math.min(tenthMs, marginMs),
    shareOfBudgetMs(place, pause.pollsPerSecond),
  );
  const meanMaxMs = longestPauseMs(place, queue, pause) / (1 + POLL_SPREAD);
  const pauseMs = jittered(random, Math.min(wantedMs, meanMaxMs), POLL_SPREAD);
  return Math.ceil(Math.max(shortestMs, pauseMs));
}

/**
 * Returns the pause for a waiting buyer whose request needed an active place. Such an answer has no
 * new token, so the buyer must not pause for longer than the token in use promises.
 */
export function pauseWithToken(
  nowMs: number,
  pauseMs: number,
  { issuedAtMs, pollAfterMs }: Pick<QueueTokenClaims, "issuedAtMs" | "pollAfterMs">,
  { pollAfterMinMs }: PauseSettings,
): number {
  if (pollAfterMs === undefined) return pauseMs;
  return Math.min(pauseMs, Math.max(pollAfterMinMs, issuedAtMs + pollAfterMs - nowMs));
}

/** Returns the pause with which all waiting buyers together stay within the budget. */
export function shareOfBudgetMs(
  { position, waitingCount }: Pick<PausePlace, "position" | "waitingCount">,
  pollsPerSecond: number,
): number {
  const waiting = Math.max(waitingCount, position);
  return ((position + HEAD_SIZE) * Math.log1p(waiting / HEAD_SIZE) * 1000) / pollsPerSecond;
}

/**
 * Returns the upper bound of the pause, ms: a buyer who returns later can miss the admission, or
 * has an old token.
 */
export function longestPauseMs(
  place: PausePlace,
  queue: QueueSettings,
  pause: PauseSettings,
): number {
  const behindActive = Math.max(0, place.position - queue.activeCountMax);
  const safeMs = marginOf(queue, pause) + (behindActive * 1000) / fastestPerSecond(place, queue);
  const etaSeconds = etaSecondsOf(place, queue) ?? Number.POSITIVE_INFINITY;
  return Math.min(etaSeconds * 1000, safeMs, PAUSE_MS_MAX);
}

function marginOf({ activationMs }: QueueSettings, { pollAfterMaxMs }: PauseSettings): number {
  return Math.min(pollAfterMaxMs, activationMs * ACTIVATION_SHARE_MAX);
}

function fastestPerSecond(line: LineFigures, queue: QueueSettings): number {
  const policyPerSecond = Math.ceil(queue.admissionRatePerMinute / 60);
  const measured = line.latestAdmissions > 0 ? measuredPerSecond(line) : undefined;
  if (measured === undefined) return policyPerSecond;
  return Math.min(policyPerSecond, measured * ACCELERATION_MAX);
}
