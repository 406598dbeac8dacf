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

/** A name that fits into an audit record. */
const operatorSchema = z.string().normalize("NFC").trim().min(1).max(100);
const claimsSchema = z
  .object({ sub: operatorSchema, role: z.enum(ADMIN_ROLES), iat: z.number(), exp: z.number() })
  .refine(({ iat, exp }) => exp - iat <= LIFETIME_SECONDS_MAX);

/**
 * Signs an admin token. Its secret, its audience and its claims differ from those of buyers'
 * tokens, so that no verifier accepts one kind as the other.
 * @param secret of `ADMIN_JWT_SECRET`
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
  return sign({ sub: operatorSchema.parse(operator), role });
}

/**
 * Makes the verifier of admin tokens. Without a secret it refuses every token.
 * @returns a function that throws AdminTokenInvalidError
 */
export function adminTokenVerifier(secret: string | undefined): (token: string) => AdminIdentity {
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
      const { sub, role } = claimsSchema.parse(verify(token));
      return { operator: sub, role };
    } catch {
      throw new AdminTokenInvalidError();
    }
  };
}
