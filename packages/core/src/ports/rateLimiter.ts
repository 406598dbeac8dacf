export interface RateDecision {
  readonly allowed: boolean;
  readonly retryAfterMs: number;
}

/** Requests for each caller and second; lets everybody pass while its memory is away. */
export interface RateLimiter {
  take(subject: string, limit: { points: number; perMs: number }): Promise<RateDecision>;
}
