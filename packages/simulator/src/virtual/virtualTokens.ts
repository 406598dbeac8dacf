import { AccessTokenInvalidError, type VerifyAccessToken } from "@onsale/api/endpoints";
import { type CoreContext, InvalidQueueTokenError } from "@onsale/core";

type Claims = ReturnType<CoreContext["tokens"]["verify"]>;

/**
 * Makes queue tokens that are stored in a map instead of signed. The real signer reads the
 * machine's clock, which would make two runs of a seed differ.
 */
export function virtualQueueTokens(): CoreContext["tokens"] {
  const signed = new Map<string, Claims>();
  // Every request with an access token is first verified as a queue token. All refusals share one
  // error, because creating an error costs more than the rest of the verification.
  const refusal = new InvalidQueueTokenError();
  return {
    sign(claims) {
      const token = `ticket-${signed.size + 1}`;
      signed.set(token, claims);
      return token;
    },
    verify(token) {
      const claims = signed.get(token);
      if (!claims) throw refusal;
      return claims;
    },
  };
}

/** Makes the access token of a user of a virtual sale. The token contains only the user id. */
export function virtualAccessToken(userId: number): string {
  return `user-${userId}`;
}

/**
 * Verifies a `virtualAccessToken`. The real verifier is not used, because it reads the machine's
 * clock.
 */
export const verifyVirtualAccessToken: VerifyAccessToken = (token) => {
  const userId = /^user-(\d+)$/.exec(token)?.[1];
  if (userId === undefined) throw new AccessTokenInvalidError();
  return Number(userId);
};
