import type { QueueTokenClaims } from "@onsale/core";

export interface PresentedQueueToken {
  readonly token: string;
  readonly claims: QueueTokenClaims;
}

/** The caller of a request, as far as the headers prove one. */
export interface Identity {
  /** Proven by a token, or stated by the gateway's header in trusted mode. */
  readonly userId: number | undefined;
  /** A queue token with a valid signature. */
  readonly queueToken: PresentedQueueToken | undefined;
  /** Trusted mode without a gateway header: the userId of the body or the path is believed. */
  readonly trustsStatedUser: boolean;
}

/** A request without credentials. */
export const ANONYMOUS: Identity = {
  userId: undefined,
  queueToken: undefined,
  trustsStatedUser: false,
};
