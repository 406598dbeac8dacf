import {
  type CoreContext,
  InvalidQueueTokenError,
  type OnsaleConfig,
  type QueueTokenClaims,
  userOfSubject,
  verifyQueueToken,
} from "@onsale/core";
import { parseId } from "../http/fields.ts";
import {
  AuthenticationRequiredError,
  InvalidRequestError,
  QueueTokenRequiredError,
  TokenKindError,
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
 *   TokenKindError, AdminTokenInvalidError, InvalidQueueTokenError,
 *   QueueTokenExpiredError, AuthKeysUnavailableError
 * @throws OverloadedError, DependencyUnavailableError for a user who is new to this process
 * @throws InvalidRequestError for an invalid X-User-Id
 */
export type Authenticate = (
  kind: AccessKind,
  credentials: Credentials,
) => Identity | Promise<Identity>;

/** Creates the function that verifies credentials, according to `AUTH_MODE`. */
export function authenticator(
  core: CoreContext,
  config: OnsaleConfig,
  verifyAccessToken: VerifyAccessToken = configuredVerifier(core, config),
): Authenticate {
  const trusted = config.auth.mode === "trusted";
  const verifyAdminToken = adminTokenVerifier(config.admin.jwtSecret, core.clock);
  return (kind, credentials) => {
    if (kind === "none") return ANONYMOUS;
    const bearer = bearerOf(credentials.authorization);
    if (kind === "admin") {
      // A gateway vouches for buyers, never for operators. So an admin token is required in every
      // `AUTH_MODE`.
      if (bearer === undefined) throw new AuthenticationRequiredError();
      return { ...ANONYMOUS, admin: verifyAdminToken(bearer) };
    }
    if (kind === "user" || kind === "user-or-queue-token") {
      if (trusted) return trustedUser(core, kind, credentials, bearer);
      return provenUser(core, kind, verifyAccessToken, bearer);
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

function configuredVerifier(core: CoreContext, { auth }: OnsaleConfig): VerifyAccessToken {
  const issuer = auth.oidcIssuer ?? auth.issuer ?? "";
  return accessTokenVerifier(auth, core, (subject) => userOfSubject(core, { issuer, subject }));
}

function provenUser(
  core: CoreContext,
  kind: "user" | "user-or-queue-token",
  verifyAccessToken: VerifyAccessToken,
  bearer: string | undefined,
): Identity | Promise<Identity> {
  if (bearer === undefined) throw new AuthenticationRequiredError();
  const queueToken = queueTokenOf(core, bearer);
  if (queueToken) {
    if (kind === "user") throw new TokenKindError("queue", "access");
    const { userId } = queueToken.claims;
    return { userId, queueToken, trustsStatedUser: false, byQueueToken: true };
  }
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
  kind: "user" | "user-or-queue-token",
  credentials: Credentials,
  bearer: string | undefined,
): Identity {
  const queueToken = bearer === undefined ? undefined : queueTokenOf(core, bearer);
  const userId = gatewayUser(credentials);
  if (userId !== undefined) return { userId, queueToken, trustsStatedUser: false };
  // A queue token names its user for the place in line, never for the account.
  const ofToken = kind === "user" ? undefined : queueToken?.claims.userId;
  return {
    ...{ userId: ofToken, queueToken, trustsStatedUser: true },
    byQueueToken: queueToken !== undefined,
  };
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
 * Returns the bearer token as a queue token; undefined for a token of another kind.
 * @throws QueueTokenExpiredError for a queue token that is too old
 */
function queueTokenOf(core: CoreContext, bearer: string): PresentedQueueToken | undefined {
  let claims: QueueTokenClaims;
  try {
    claims = verifyQueueToken(core, bearer);
  } catch (error) {
    if (error instanceof InvalidQueueTokenError) return undefined;
    throw error;
  }
  return { token: bearer, claims };
}

/**
 * Returns the bearer token. The case of the scheme does not matter (RFC 9110, 11.1). Other schemes
 * are ignored.
 */
export function bearerOf(authorization: string): string | undefined {
  const match = /^bearer +([\w.~+/=-]+) *$/i.exec(authorization);
  return match?.[1];
}
