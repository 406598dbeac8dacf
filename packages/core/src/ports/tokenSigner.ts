/** The content of a queue token: a user's place in a queue. */
export interface QueueTokenClaims {
  readonly queueId: string;
  readonly userId: number;
  readonly sequence: number;
  readonly epoch: number;
  /** Milliseconds since the Unix epoch. */
  readonly issuedAtMs: number;
  /**
   * End of the admission, ms; present once active. The token admits even while Redis is
   * unavailable.
   */
  readonly activeUntilMs?: number | undefined;
}

/**
 * Signs and verifies queue tokens. The methods are synchronous, so that a simulation controls the
 * order of steps.
 */
export interface TokenSigner {
  sign(claims: QueueTokenClaims): string;
  /**
   * @throws InvalidQueueTokenError unless the token is a queue token that one of our keys signed
   */
  verify(token: string): QueueTokenClaims;
}
