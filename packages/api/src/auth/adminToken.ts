import { type Clock, operatorName, systemClock } from "@onsale/core";
import { createSigner, createVerifier } from "fast-jwt";
import { z } from "zod";
import { AdminTokenInvalidError } from "../problems/errors.ts";

/** A token with another audience is never an admin token. */
export const ADMIN_TOKEN_AUDIENCE = "onsale-admin";

/** viewer: reads; operator: also plans and executes changes. */
export const ADMIN_ROLES = ["viewer", "operator"] as const;

export type AdminRole = (typeof ADMIN_ROLES)[number];

/** The operator who is named in a verified admin token. */
export interface AdminIdentity {
  /** The audit records name this operator. */
  readonly operator: string;
  readonly role: AdminRole;
}

/** The longest life of an admin token. A token that lives for years outlives its operator. */
const LIFETIME_SECONDS_MAX = 31 * 24 * 60 * 60;

const claimsSchema = z.object({
  ...{ sub: z.string(), role: z.enum(ADMIN_ROLES), iat: z.number(), exp: z.number() },
});

/**
 * Signs an admin token. Its secret, its audience and its claims differ from those of buyers'
 * tokens, so that no verifier accepts one kind as the other.
 * @param secret of `ADMIN_JWT_SECRET`
 * @throws InvalidInputError for a name that an audit record cannot show
 */
export function signAdminToken(
  secret: string,
  { operator, role, ttlMs }: AdminIdentity & { readonly ttlMs: number },
): string {
  const sign = createSigner({
    key: secret,
    algorithm: "HS256",
    expiresIn: ttlMs,
    aud: ADMIN_TOKEN_AUDIENCE,
  });
  return sign({ sub: operatorName(operator), role });
}

/**
 * Makes the verifier of admin tokens. Without a secret it refuses every token.
 * @returns a function that throws AdminTokenInvalidError
 */
export function adminTokenVerifier(
  secret: string | undefined,
  clock: Pick<Clock, "nowMs"> = systemClock,
): (token: string) => AdminIdentity {
  if (secret === undefined) {
    return () => {
      throw new AdminTokenInvalidError();
    };
  }
  const verify = createVerifier({
    ...{ key: secret, algorithms: ["HS256"], allowedAud: ADMIN_TOKEN_AUDIENCE },
    requiredClaims: ["sub", "role", "iat", "exp", "aud"],
  });
  return (token) => {
    try {
      const { sub, role, iat, exp } = claimsSchema.parse(verify(token));
      // Otherwise a token that says that it will be issued in years would live until then.
      const livesSince = Math.min(iat, clock.nowMs() / 1000);
      if (exp - livesSince > LIFETIME_SECONDS_MAX) throw new AdminTokenInvalidError();
      return { operator: operatorName(sub), role };
    } catch {
      throw new AdminTokenInvalidError();
    }
  };
}
