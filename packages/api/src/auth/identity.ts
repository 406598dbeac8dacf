import type { QueueTokenClaims } from "@onsale/core";
import type { AdminIdentity } from "./adminToken.ts";

export interface PresentedQueueToken {
  readonly token: string;
  readonly claims: QueueTokenClaims;
}

/** The user, the queue token and the operator that were verified in the headers of a request. */
export interface Identity {
  /** The user in a verified token or, in trusted mode, in the header of the gateway. */
  readonly userId: number | undefined;
  /** A queue token with a valid signature. */
  readonly queueToken: PresentedQueueToken | undefined;
  /**
   * True in trusted mode without a gateway header: the API then trusts the userId of the body or
   * the path.
   */
  readonly trustsStatedUser: boolean;
  /**
   * True when only the queue token names the user. It proves a place in line, and gives no right to
   * a new place.
   */
  readonly byQueueToken?: boolean;
  /** The operator in a verified admin token, on the endpoints for operators. */
  readonly admin?: AdminIdentity | undefined;
}

/** The identity of a request without credentials. */
export const ANONYMOUS: Identity = {
  userId: undefined,
  queueToken: undefined,
  trustsStatedUser: false,
};
