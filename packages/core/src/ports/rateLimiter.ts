export interface RateDecision {
  readonly allowed: boolean;
  readonly retryAfterMs: number;
}

/** Limits the requests of each caller. Allows every request while Redis does not answer. */
export interface RateLimiter {
  take(subject: string, limit: { points: number; perMs: number }): Promise<RateDecision>;
}
