/** What a queue token proves: who stands where, without a lookup. */
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

/** Signs and verifies queue tokens; synchronous, so that a virtual run owns its order. */
export interface TokenSigner {
  sign(claims: QueueTokenClaims): string;
  /** @throws InvalidQueueTokenError for anything that was not signed here for this purpose */
  verify(token: string): QueueTokenClaims;
}
