/** How an error code is answered over HTTP. */
export interface Problem {
  readonly status: number;
  /** Short and the same for every occurrence (RFC 9457, 3.1.3). */
  readonly title: string;
  /** For docs/reference/ERRORS.md: what the caller does next. */
  readonly remedy: string;
  /** For Retry-After, unless the error has a time of its own; absent when waiting is no help. */
  readonly retryAfterSeconds?: number;
}
