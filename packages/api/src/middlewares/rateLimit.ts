import type { Clock, RateDecision, RateLimiter } from "@onsale/core";
import type { Middleware } from "../http/state.ts";
import { RateLimitedError } from "../problems/errors.ts";

/** Takes one request from a subject's allowance of this second. */
export type TakeAllowance = (subject: string) => Promise<void>;

const WINDOW_MS = 1000;

/**
 * The first tenth of an allowance is counted in the process alone: an ordinary buyer then never
 * costs a round trip, and ten processes pass the limit by no more than its double.
 */
const LOCAL_SHARE = 0.1;

/** Subjects that one window remembers; beyond, everybody asks the shared counter. */
const LOCAL_SUBJECTS_MAX = 100_000;

/** A limiter that hangs must cost less than the second in which trouble has to be told. */
const DECISION_MS_MAX = 150;

const PASS: RateDecision = { allowed: true, retryAfterMs: 0 };

/**
 * An allowance for each subject and second, shared by all processes through core's limiter.
 * The returned function throws RateLimitedError.
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
  return async (subject) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - windowStartedMs >= WINDOW_MS) {
      windowStartedMs = nowMs;
      seen.clear();
    }
    const count = (seen.get(subject) ?? 0) + 1;
    if (count <= localMax && seen.size < LOCAL_SUBJECTS_MAX) {
      seen.set(subject, count);
      return;
    }
    const asked = new AbortController();
    const decision = await Promise.race([
      limiter.take(`${kind}:${subject}`, { points: perSecond, perMs: WINDOW_MS }),
      clock.sleep(DECISION_MS_MAX, asked.signal).then(() => PASS),
    ]);
    // A reason of its own spares the DOMException that would be made for each request.
    asked.abort("decided");
    if (!decision.allowed) throw new RateLimitedError(decision.retryAfterMs);
  };
}

/** Refuses an address that asks too often, before anything is verified for it. */
export function addressRateLimit(take: TakeAllowance): Middleware {
  return async (ctx, next) => {
    await take(ctx.ip);
    return await next();
  };
}
