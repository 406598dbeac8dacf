/** The audience of queue tokens, which no token of another kind has. */
export const QUEUE_TOKEN_AUDIENCE = "onsale-queue";

/** The content of a queue token: a user's place in a queue. */
export interface QueueTokenClaims {
  readonly queueId: string;
  readonly userId: number;
  readonly sequence: number;
  readonly epoch: number;
  /** Milliseconds since the Unix epoch. */
  readonly issuedAtMs: number;
  /**
   * The pause before the next poll that came with this token, ms; present when the place waits. A
   * buyer who follows it keeps the place (`bestPlace.ts`).
   */
  readonly pollAfterMs?: number | undefined;
  /**
   * End of the admission, ms; present when the place is active. With this claim, the token admits
   * its buyer even while Redis is unavailable.
   */
  readonly activeUntilMs?: number | undefined;
}

/**
 * Signs and verifies queue tokens. The methods are synchronous, because a simulation must control
 * the order of all steps.
 */
export interface TokenSigner {
  sign(claims: QueueTokenClaims): string;
  /**
   * @throws InvalidQueueTokenError unless the text is a queue token that was signed with one of our
   *   keys
   */
  verify(token: string): QueueTokenClaims;
}
