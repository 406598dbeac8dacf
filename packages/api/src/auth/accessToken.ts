import type { CoreContext, OnsaleConfig } from "@onsale/core";
import { createDecoder, createSigner, createVerifier } from "fast-jwt";
import { parseId } from "../http/fields.ts";
import { AccessTokenInvalidError } from "../problems/errors.ts";
import { JWKS_ALGORITHMS, type JwksAlgorithm, type SigningKey } from "./fetchKeySet.ts";
import { openKeySet } from "./keySet.ts";

type AuthConfig = OnsaleConfig["auth"];

/** Lifetime of a token of the development issuer: a working day. */
const DEV_TOKEN_TTL_SECONDS = 12 * 60 * 60;

/**
 * Maximum number of verified tokens in the cache of each key. To verify a signature takes 100 to
 * 300 µs; to find the token in the cache takes 10 µs.
 */
const VERIFIED_TOKENS_MAX = 10_000;

/**
 * Verifies an access token and finds its user.
 * @returns the user id
 * @throws AccessTokenInvalidError, AuthKeysUnavailableError
 */
export type VerifyAccessToken = (token: string) => number | Promise<number>;

/** An access token that the development issuer signed. */
export interface IssuedAccessToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
}

/**
 * Signs an access token with the shared secret, for development, demos and tests.
 * @throws Error when no `AUTH_JWT_SECRET` is configured
 */
export function issueAccessToken(
  config: { readonly auth: AuthConfig },
  input: { readonly userId: number; readonly expiresInSeconds?: number },
): IssuedAccessToken {
  const { jwtSecret, issuer } = config.auth;
  if (jwtSecret === undefined) throw new Error("AUTH_JWT_SECRET is needed to sign access tokens");
  const expiresInSeconds = input.expiresInSeconds ?? DEV_TOKEN_TTL_SECONDS;
  const sign = createSigner({
    key: jwtSecret,
    algorithm: "HS256",
    expiresIn: expiresInSeconds * 1000,
    ...(issuer === undefined ? {} : { iss: issuer }),
  });
  return { accessToken: sign({ sub: String(input.userId) }), expiresInSeconds };
}

/**
 * Makes the verifier for the configured secret, the configured key set, or both. The algorithm of a
 * token decides which of them verifies it.
 */
export function accessTokenVerifier(
  auth: AuthConfig,
  core: Pick<CoreContext, "clock" | "log">,
): VerifyAccessToken {
  const headerOf = createDecoder({ complete: true });
  const bySecret = auth.jwtSecret === undefined ? undefined : secretVerifier(auth, auth.jwtSecret);
  const byKeySet =
    auth.jwksUrl === undefined ? undefined : keySetVerifier(auth, auth.jwksUrl, core);
  return (token) => {
    const { alg, kid } = readHeader(headerOf, token);
    if (alg === "HS256" && bySecret) return bySecret(token);
    const algorithm = JWKS_ALGORITHMS.find((known) => known === alg);
    if (!algorithm || !byKeySet || typeof kid !== "string") throw new AccessTokenInvalidError();
    return byKeySet(token, algorithm, kid);
  };
}

function readHeader(
  headerOf: (token: string) => unknown,
  token: string,
): { readonly alg: unknown; readonly kid: unknown } {
  try {
    const header = property(headerOf(token), "header");
    return { alg: property(header, "alg"), kid: property(header, "kid") };
  } catch {
    throw new AccessTokenInvalidError();
  }
}

function secretVerifier(auth: AuthConfig, secret: string): (token: string) => number {
  const verify = createVerifier({ key: secret, algorithms: ["HS256"], ...issuerRule(auth) });
  return (token) => verifiedSubject(verify, token);
}

function keySetVerifier(
  auth: AuthConfig,
  url: string,
  core: Pick<CoreContext, "clock" | "log">,
): (token: string, algorithm: JwksAlgorithm, kid: string) => number | Promise<number> {
  const keySet = openKeySet(url, core);
  // Each key has a verifier, which caches the verified tokens of the key. When the issuer withdraws
  // the key, the cache is released too.
  const verifiers = new WeakMap<SigningKey, (token: string) => unknown>();
  function verifyWith(key: SigningKey | undefined, token: string): number {
    if (key === undefined) throw new AccessTokenInvalidError();
    let verify = verifiers.get(key);
    if (!verify) {
      verify = createVerifier({
        key: key.pem,
        algorithms: [key.algorithm],
        cache: VERIFIED_TOKENS_MAX,
        errorCacheTTL: -1,
        ...issuerRule(auth),
      });
      verifiers.set(key, verify);
    }
    return verifiedSubject(verify, token);
  }
  return (token, algorithm, kid) => {
    const key = keySet.find(algorithm, kid);
    return key instanceof Promise
      ? key.then((found) => verifyWith(found, token))
      : verifyWith(key, token);
  };
}

function verifiedSubject(verify: (token: string) => unknown, token: string): number {
  try {
    return subjectOf(verify(token));
  } catch {
    throw new AccessTokenInvalidError();
  }
}

function issuerRule(auth: AuthConfig): { allowedIss?: string; requiredClaims: string[] } {
  return auth.issuer === undefined
    ? { requiredClaims: ["sub"] }
    : { allowedIss: auth.issuer, requiredClaims: ["sub", "iss"] };
}

function subjectOf(payload: unknown): number {
  const subject = property(payload, "sub");
  const userId = typeof subject === "string" ? parseId(subject) : undefined;
  if (userId === undefined) throw new AccessTokenInvalidError();
  return userId;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
