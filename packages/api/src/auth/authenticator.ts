import {
  type CoreContext,
  type OnsaleConfig,
  type QueueTokenClaims,
  verifyQueueToken,
} from "@onsale/core";
import { parseId } from "../http/fields.ts";
import {
  AuthenticationRequiredError,
  InvalidRequestError,
  QueueTokenRequiredError,
} from "../problems/errors.ts";
import type { AccessKind } from "./access.ts";
import { accessTokenVerifier, type VerifyAccessToken } from "./accessToken.ts";
import { adminTokenVerifier } from "./adminToken.ts";
import { ANONYMOUS, type Identity, type PresentedQueueToken } from "./identity.ts";

/** The credentials in the headers of a request. */
export interface Credentials {
  /** The Authorization header as received; empty when absent. */
  readonly authorization: string;
  /** The X-User-Id header as received; empty when absent. */
  readonly userIdHeader: string;
}

/**
 * Verifies the credentials of a request.
 * @throws AuthenticationRequiredError, QueueTokenRequiredError, AccessTokenInvalidError,
 *   AdminTokenInvalidError, InvalidQueueTokenError, AuthKeysUnavailableError
 * @throws InvalidRequestError for an invalid X-User-Id
 */
export type Authenticate = (
  kind: AccessKind,
  credentials: Credentials,
) => Identity | Promise<Identity>;

/**
 * Maximum age of a queue token, ms. Until then the token proves who its user is. Every status
 * answer contains a new token. A day is enough for any sale, and a token that someone finds in an
 * old log gives no access to the account.
 */
const QUEUE_TOKEN_AGE_MS_MAX = 24 * 60 * 60 * 1000;

/** Creates the function that verifies credentials, according to `AUTH_MODE`. */
export function authenticator(
  core: CoreContext,
  config: OnsaleConfig,
  verifyAccessToken: VerifyAccessToken = accessTokenVerifier(config.auth, core),
): Authenticate {
  const trusted = config.auth.mode === "trusted";
  const verifyAdminToken = adminTokenVerifier(config.admin.jwtSecret);
  return (kind, credentials) => {
    if (kind === "none") return ANONYMOUS;
    const bearer = bearerOf(credentials.authorization);
    if (kind === "admin") {
      // A gateway vouches for buyers, never for operators. So an admin token is required in every
      // `AUTH_MODE`.
      if (bearer === undefined) throw new AuthenticationRequiredError();
      return { ...ANONYMOUS, admin: verifyAdminToken(bearer) };
    }
    if (kind === "user") {
      return trusted
        ? trustedUser(core, credentials, bearer)
        : provenUser(core, verifyAccessToken, bearer);
    }
    if (bearer === undefined) throw new QueueTokenRequiredError();
    const claims = verifyQueueToken(core, bearer);
    return {
      userId: trusted ? gatewayUser(credentials) : undefined,
      queueToken: { token: bearer, claims },
      trustsStatedUser: false,
    };
  };
}

function provenUser(
  core: CoreContext,
  verifyAccessToken: VerifyAccessToken,
  bearer: string | undefined,
): Identity | Promise<Identity> {
  if (bearer === undefined) throw new AuthenticationRequiredError();
  const queueToken = queueTokenOf(core, bearer);
  if (queueToken) return { userId: queueToken.claims.userId, queueToken, trustsStatedUser: false };
  const proven = (userId: number): Identity => ({
    userId,
    queueToken: undefined,
    trustsStatedUser: false,
  });
  const verified = verifyAccessToken(bearer);
  return typeof verified === "number" ? proven(verified) : verified.then(proven);
}

function trustedUser(
  core: CoreContext,
  credentials: Credentials,
  bearer: string | undefined,
): Identity {
  const queueToken = bearer === undefined ? undefined : queueTokenOf(core, bearer);
  const userId = gatewayUser(credentials);
  if (userId !== undefined) return { userId, queueToken, trustsStatedUser: false };
  return { userId: queueToken?.claims.userId, queueToken, trustsStatedUser: true };
}

function gatewayUser(credentials: Credentials): number | undefined {
  if (credentials.userIdHeader === "") return undefined;
  const userId = parseId(credentials.userIdHeader);
  if (userId !== undefined) return userId;
  throw new InvalidRequestError([
    { path: "headers.x-user-id", reason: "Must be a positive integer up to 2^53 - 1" },
  ]);
}

/**
 * Returns the bearer token as a queue token that still proves its user; undefined for any other
 * bearer token.
 */
function queueTokenOf(core: CoreContext, bearer: string): PresentedQueueToken | undefined {
  let claims: QueueTokenClaims;
  try {
    claims = verifyQueueToken(core, bearer);
  } catch {
    return undefined;
  }
  const ageMs = core.clock.nowMs() - claims.issuedAtMs;
  return ageMs <= QUEUE_TOKEN_AGE_MS_MAX ? { token: bearer, claims } : undefined;
}

/**
 * Returns the bearer token. The case of the scheme does not matter (RFC 9110, 11.1). Other schemes
 * are ignored.
 */
export function bearerOf(authorization: string): string | undefined {
  const match = /^bearer +([\w.~+/=-]+) *$/i.exec(authorization);
  return match?.[1];
}
