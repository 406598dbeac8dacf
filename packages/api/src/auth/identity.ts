import type { QueueTokenClaims } from "@onsale/core";
import type { AdminIdentity } from "./adminToken.ts";

export interface PresentedQueueToken {
  readonly token: string;
  readonly claims: QueueTokenClaims;
}

/** The user and the queue token that the headers of a request prove. */
export interface Identity {
  /** The user that a token proves, or that the gateway's header names in trusted mode. */
  readonly userId: number | undefined;
  /** A queue token with a valid signature. */
  readonly queueToken: PresentedQueueToken | undefined;
  /**
   * True in trusted mode without a gateway header: the API then trusts the userId of the body or
   * the path.
   */
  readonly trustsStatedUser: boolean;
  /** The operator that an admin token proves, on the endpoints of operators. */
  readonly admin?: AdminIdentity | undefined;
}

/** The identity of a request without credentials. */
export const ANONYMOUS: Identity = {
  userId: undefined,
  queueToken: undefined,
  trustsStatedUser: false,
};
