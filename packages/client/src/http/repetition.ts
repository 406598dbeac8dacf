import { NoAnswerError, ProblemError, UnexpectedAnswerError } from "../problems/errors.ts";

/**
 * Which requests are repeated, and when
 *
 * A request without an answer may have taken effect. Reads, PUT and DELETE can be repeated, because
 * the second one changes nothing. A POST can be repeated when it has an Idempotency-Key; joining a
 * queue and cancelling seats are repeatable without one. Any other POST is repeated only after a
 * refusal that says that nothing was done.
 *
 * A refusal is repeated only when the same request can be accepted later without a decision of the
 * buyer: 429, 503, and 409 IDEMPOTENCY_IN_PROGRESS. Other refusals with Retry-After go to the
 * caller: after SEAT_CONTENDED another seat is better than a pause, QUEUE_CLOSED is for people, and
 * QUEUE_TOKEN_NOT_ACTIVE means that the buyer has to wait for the admission.
 */

/** With the pauses below, the attempts last longer than the restart of a server. */
export const ATTEMPTS_MAX = 8;
const BACKOFF_BASE_MS = 250;
const BACKOFF_MS_MAX = 8_000;
/** A longer pause is a decision for the caller. */
const RETRY_AFTER_MS_MAX = 60_000;
/** The statuses of a proxy whose server does not answer. */
const PROXY_STATUSES = [502, 503, 504];
/** After these refusals the request may still take effect. */
const UNKNOWN_OUTCOMES = ["DEADLINE_EXCEEDED", "OUTCOME_UNKNOWN"];

/** Returns the pause that the answer asks for, or undefined. */
export function askedPauseMs(error: unknown): number | undefined {
  const isAnswer = error instanceof ProblemError || error instanceof UnexpectedAnswerError;
  return isAnswer ? error.retryAfterMs : undefined;
}

/** Returns true when the same request may be accepted a moment later. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NoAnswerError) return true;
  if (error instanceof UnexpectedAnswerError) return PROXY_STATUSES.includes(error.status);
  if (!(error instanceof ProblemError)) return false;
  const { status, code } = error;
  return status === 429 || status === 503 || code === "IDEMPOTENCY_IN_PROGRESS";
}

/**
 * Decides whether a failed attempt is repeated.
 * @param isRepeatable true when a second request changes nothing
 */
export function mayRepeat(error: unknown, isRepeatable: boolean): boolean {
  if (!isTransient(error) || (askedPauseMs(error) ?? 0) > RETRY_AFTER_MS_MAX) return false;
  if (isRepeatable) return true;
  return error instanceof ProblemError && !UNKNOWN_OUTCOMES.includes(error.code);
}

/**
 * The pause before the next attempt, ms: the time that the server asked for and a random part more,
 * so that clients do not return at the same moment. Without such a time, half to the whole of a
 * pause that doubles with each attempt. No time at all, such as a date that has passed, counts as
 * none: all attempts would be over within a moment.
 * @param attempt the number of the failed attempt, from 1
 */
export function pauseMs(error: unknown, attempt: number, random: () => number): number {
  const askedMs = askedPauseMs(error);
  if (askedMs !== undefined && askedMs > 0) return askedMs * (1 + random());
  const ceiling = Math.min(BACKOFF_MS_MAX, BACKOFF_BASE_MS * 2 ** (attempt - 1));
  return ceiling * (0.5 + random() / 2);
}
