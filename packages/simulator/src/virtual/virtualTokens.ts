import { AccessTokenInvalidError, type VerifyAccessToken } from "@onsale/api/endpoints";
import { type CoreContext, InvalidQueueTokenError } from "@onsale/core";

type Claims = ReturnType<CoreContext["tokens"]["verify"]>;

/**
 * Queue tokens that are stored in a map instead of signed. The real signer reads the machine's
 * clock, and a run must not depend on that clock.
 */
export function virtualQueueTokens(): CoreContext["tokens"] {
  const signed = new Map<string, Claims>();
  return {
    sign(claims) {
      const token = `ticket-${signed.size + 1}`;
      signed.set(token, claims);
      return token;
    },
    verify(token) {
      const claims = signed.get(token);
      if (!claims) throw new InvalidQueueTokenError();
      return claims;
    },
  };
}

/** The access token of a virtual sale's user; it only names the user. */
export function virtualAccessToken(userId: number): string {
  return `user-${userId}`;
}

/** Verifies a `virtualAccessToken`; the real verifier reads the machine's clock. */
export const verifyVirtualAccessToken: VerifyAccessToken = (token) => {
  const userId = /^user-(\d+)$/.exec(token)?.[1];
  if (userId === undefined) throw new AccessTokenInvalidError();
  return Number(userId);
};
