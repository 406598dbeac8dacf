import { type Clock, deadlineSweep, type RateDecision, type RateLimiter } from "@onsale/core";
import type { Middleware } from "../http/state.ts";
import { RateLimitedError } from "../problems/errors.ts";

/**
 * Takes one request from the allowance that a subject has in this second.
 * @returns undefined when this process counts the request alone
 */
export type TakeAllowance = (subject: string) => Promise<void> | undefined;

const WINDOW_MS = 1000;

/**
 * The share of an allowance that a process counts alone. An ordinary buyer then costs no call to
 * Redis, and ten processes together allow at most twice the limit.
 */
const LOCAL_SHARE = 0.1;

/**
 * Maximum number of subjects (users or addresses) that one process counts in a window. Requests of
 * further subjects are counted in Redis.
 */
const LOCAL_SUBJECTS_MAX = 100_000;

/**
 * Time limit of the limiter's decision. A client should get an error within a second, and a limiter
 * that hangs may use this part of the second.
 */
const DECISION_MS_MAX = 150;

/** Interval of the check for late decisions. */
const SWEEP_MS = 20;

const PASS: RateDecision = { allowed: true, retryAfterMs: 0 };

/**
 * Gives each subject an allowance per second. All processes share the allowance through core's
 * limiter.
 * @returns a function whose promise rejects with RateLimitedError when the allowance is used up
 */
export function allowance(
  limiter: RateLimiter,
  clock: Clock,
  kind: "user" | "address",
  perSecond: number,
): TakeAllowance {
  const localMax = Math.floor(perSecond * LOCAL_SHARE);
  const seen = new Map<string, number>();
  let windowStartedMs = 0;
  const startDeadline = deadlineSweep(clock, { timeoutMs: DECISION_MS_MAX, sweepMs: SWEEP_MS });

  async function takeFromLimiter(subject: string): Promise<void> {
    const decision = await new Promise<RateDecision>((resolve, reject) => {
      const endDeadline = startDeadline(() => resolve(PASS));
      limiter
        .take(`${kind}:${subject}`, { points: perSecond, perMs: WINDOW_MS })
        .finally(endDeadline)
        .then(resolve, reject);
    });
    if (!decision.allowed) throw new RateLimitedError(decision.retryAfterMs);
  }

  return (subject) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - windowStartedMs >= WINDOW_MS) {
      windowStartedMs = nowMs;
      seen.clear();
    }
    const count = (seen.get(subject) ?? 0) + 1;
    if (count > localMax || seen.size >= LOCAL_SUBJECTS_MAX) return takeFromLimiter(subject);
    seen.set(subject, count);
    return undefined;
  };
}

/** Refuses requests from an address that sends too many, before any credential is verified. */
export function addressRateLimit(take: TakeAllowance): Middleware {
  return (ctx, next) => {
    const taken = take(ctx.state.network);
    return taken ? taken.then(next) : next();
  };
}
