/** The HTTP answer for an error code. */
export interface Problem {
  readonly status: number;
  /** A short title that is the same for every occurrence (RFC 9457, 3.1.3). */
  readonly title: string;
  /** The caller's next step, as docs/reference/ERRORS.md shows it. */
  readonly remedy: string;
  /**
   * The value of Retry-After, unless the error has a time of its own; absent when waiting does not
   * help.
   */
  readonly retryAfterSeconds?: number;
}
