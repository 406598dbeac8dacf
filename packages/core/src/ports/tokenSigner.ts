/** The content of a queue token: a user's place in a queue. */
export interface QueueTokenClaims {
  readonly queueId: string;
  readonly userId: number;
  readonly sequence: number;
  readonly epoch: number;
  /** Milliseconds since the Unix epoch. */
  readonly issuedAtMs: number;
  /** Present once active: until then the token admits even while Redis does not answer. */
  readonly activeUntilMs?: number | undefined;
}

/**
 * Signs and verifies queue tokens. Synchronous, so that a simulation controls the order of steps.
 */
export interface TokenSigner {
  sign(claims: QueueTokenClaims): string;
  /** @throws InvalidQueueTokenError unless it is a queue token signed with one of our keys */
  verify(token: string): QueueTokenClaims;
}
