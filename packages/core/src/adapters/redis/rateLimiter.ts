import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { RateDecision, RateLimiter } from "../../ports/rateLimiter.ts";
import type { RedisConnection } from "./connection.ts";

const ALLOWED: RateDecision = { allowed: true, retryAfterMs: 0 };

/**
 * The configuration defines only a few limits. A larger number means that the code creates limits
 * at run time, which is a bug.
 */
const LIMITS_MAX = 64;

/**
 * Counts requests in fixed windows in Redis, for all processes together. After a refusal, this
 * process refuses the same subject until the window ends, without asking Redis. While Redis does
 * not answer, the limiter allows every request.
 */
export function redisRateLimiter(redis: RedisConnection, prefix: string): RateLimiter {
  const limiters = new Map<string, RateLimiterRedis>();

  function limiterOf(points: number, seconds: number): RateLimiterRedis {
    const name = `${points}/${seconds}`;
    let limiter = limiters.get(name);
    if (!limiter) {
      if (limiters.size >= LIMITS_MAX) limiters.clear();
      limiter = new RateLimiterRedis({
        storeClient: redis.client,
        keyPrefix: `${prefix}rate:${name}`,
        points,
        duration: seconds,
        inMemoryBlockOnConsumed: points,
      });
      limiters.set(name, limiter);
    }
    return limiter;
  }

  return {
    async take(subject, limit) {
      const limiter = limiterOf(limit.points, Math.max(1, Math.round(limit.perMs / 1000)));
      try {
        return await redis.run(async () => {
          try {
            await limiter.consume(subject);
            return ALLOWED;
          } catch (refusal) {
            if (!(refusal instanceof RateLimiterRes)) throw refusal;
            return { allowed: false, retryAfterMs: Math.max(1, refusal.msBeforeNext) };
          }
        });
      } catch {
        return ALLOWED;
      }
    },
  };
}
