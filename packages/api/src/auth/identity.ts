import type { QueueTokenClaims } from "@onsale/core";

export interface PresentedQueueToken {
  readonly token: string;
  readonly claims: QueueTokenClaims;
}

/** Who stands behind a request, as far as its headers tell. */
export interface Identity {
  /** Proven by a token, or stated by the gateway's header in trusted mode. */
  readonly userId: number | undefined;
  /** A queue token whose signature is ours. */
  readonly queueToken: PresentedQueueToken | undefined;
  /** Trusted mode without a gateway header: the userId of the body or the path is believed. */
  readonly trustsStatedUser: boolean;
}

/** A request that shows nothing. */
export const NOBODY: Identity = {
  userId: undefined,
  queueToken: undefined,
  trustsStatedUser: false,
};
