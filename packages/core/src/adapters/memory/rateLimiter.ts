import type { RateDecision, RateLimiter } from "../../ports/rateLimiter.ts";
import { unlessLost } from "./lostConnection.ts";
import type { RedisState } from "./redisState/redisState.ts";
import type { ServerLink } from "./serverLink.ts";

const ALLOWED: RateDecision = { allowed: true, retryAfterMs: 0 };

/**
 * Counts requests in fixed windows of whole seconds, for all processes together. When a call is
 * lost, the limiter allows the request.
 */
export function memoryRateLimiter(redisState: RedisState, link: ServerLink): RateLimiter {
  const { windows } = redisState;

  function consume(subject: string, points: number, seconds: number): RateDecision {
    const nowMs = redisState.nowMs();
    const key = `${points}/${seconds}:${subject}`;
    const window = windows.get(key, nowMs) ?? windows.set(key, 0, nowMs + seconds * 1000, nowMs);
    window.value += 1;
    if (window.value <= points) return ALLOWED;
    return { allowed: false, retryAfterMs: Math.max(1, window.expiresAtMs - nowMs) };
  }

  return {
    take(subject, limit) {
      const seconds = Math.max(1, Math.round(limit.perMs / 1000));
      const taken = link.call("redis", "rateLimiter.take", () =>
        consume(subject, limit.points, seconds),
      );
      return unlessLost(taken, ALLOWED);
    },
  };
}
