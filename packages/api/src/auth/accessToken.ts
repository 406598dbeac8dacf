import type { CoreContext, OnsaleConfig } from "@onsale/core";
import { createDecoder, createSigner, createVerifier } from "fast-jwt";
import { LRUCache } from "lru-cache";
import { parseId } from "../http/fields.ts";
import { AccessTokenInvalidError } from "../problems/errors.ts";
import { JWKS_ALGORITHMS, type JwksAlgorithm } from "./fetchKeySet.ts";
import { openKeySet } from "./keySet.ts";

type AuthConfig = OnsaleConfig["auth"];

/** Lifetime of a token of the development issuer: a working day. */
const DEV_TOKEN_TTL_SECONDS = 12 * 60 * 60;

/**
 * Maximum length of all remembered tokens together, in characters: 10,000 tokens of a usual length.
 * To verify a signature of a key set takes 100 to 300 µs; to find the token takes less than 1 µs.
 */
const REMEMBERED_LENGTH_MAX = 8 * 1024 * 1024;

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
 *
 * The verifier remembers tokens whose signature was right, because a client sends the same token
 * with each request. Only the signature is remembered: for each request, the verifier finds the key
 * anew and compares it, so that a withdrawn or replaced key stops working immediately, and it
 * checks the expiry.
 */
export function accessTokenVerifier(
  auth: AuthConfig,
  core: Pick<CoreContext, "clock" | "log">,
): VerifyAccessToken {
  const findKey = keyFinder(auth, core);
  const verifySignature = signatureVerifier(auth);
  const remembered = new LRUCache<string, VerifiedToken>({
    maxSize: REMEMBERED_LENGTH_MAX,
    sizeCalculation: (_verified, token) => token.length,
  });

  function userOf(token: string, header: TokenHeader, key: VerificationKey | undefined): number {
    if (key === undefined) throw new AccessTokenInvalidError();
    let verified = remembered.get(token);
    if (verified?.key !== key) {
      verified = { header, key, ...verifySignature(key, token) };
      remembered.set(token, verified);
    }
    if (core.clock.nowMs() > verified.expiresAtMs) throw new AccessTokenInvalidError();
    return verified.userId;
  }

  return (token) => {
    const header = remembered.get(token)?.header ?? readHeader(token);
    const key = findKey(header);
    return key instanceof Promise
      ? key.then((found) => userOf(token, header, found))
      : userOf(token, header, key);
  };
}

/** The protected header of a token, which selects the key. */
interface TokenHeader {
  readonly alg: unknown;
  readonly kid: unknown;
}

/** A key, compared by identity: a replaced key is another object. */
interface VerificationKey {
  readonly algorithm: "HS256" | JwksAlgorithm;
  /** The shared secret, or the public key in PEM form. */
  readonly pem: string;
}

/** The claims of a token that stay true as long as its key is valid. */
interface VerifiedClaims {
  readonly userId: number;
  /** Infinity for a token without `exp`. */
  readonly expiresAtMs: number;
}

interface VerifiedToken extends VerifiedClaims {
  readonly header: TokenHeader;
  readonly key: VerificationKey;
}

const decodeWhole = createDecoder({ complete: true });

function readHeader(token: string): TokenHeader {
  try {
    const header = property(decodeWhole(token), "header");
    return { alg: property(header, "alg"), kid: property(header, "kid") };
  } catch {
    throw new AccessTokenInvalidError();
  }
}

type FindKey = (
  header: TokenHeader,
) => VerificationKey | undefined | Promise<VerificationKey | undefined>;

function keyFinder(auth: AuthConfig, core: Pick<CoreContext, "clock" | "log">): FindKey {
  const { jwtSecret, jwksUrl } = auth;
  const secret: VerificationKey | undefined =
    jwtSecret === undefined ? undefined : { algorithm: "HS256", pem: jwtSecret };
  const keySet = jwksUrl === undefined ? undefined : openKeySet(jwksUrl, core);
  return ({ alg, kid }) => {
    if (alg === secret?.algorithm) return secret;
    const algorithm = JWKS_ALGORITHMS.find((known) => known === alg);
    if (!algorithm || typeof kid !== "string") return undefined;
    return keySet?.find(algorithm, kid);
  };
}

function signatureVerifier(
  auth: AuthConfig,
): (key: VerificationKey, token: string) => VerifiedClaims {
  const verifiers = new WeakMap<VerificationKey, (token: string) => unknown>();
  function verifierOf(key: VerificationKey): (token: string) => unknown {
    const known = verifiers.get(key);
    if (known) return known;
    const { algorithm, pem } = key;
    const verify = createVerifier({ key: pem, algorithms: [algorithm], ...issuerRule(auth) });
    verifiers.set(key, verify);
    return verify;
  }
  return (key, token) => {
    try {
      return claimsOf(verifierOf(key)(token));
    } catch {
      throw new AccessTokenInvalidError();
    }
  };
}

function issuerRule(auth: AuthConfig): { allowedIss?: string; requiredClaims: string[] } {
  return auth.issuer === undefined
    ? { requiredClaims: ["sub"] }
    : { allowedIss: auth.issuer, requiredClaims: ["sub", "iss"] };
}

function claimsOf(payload: unknown): VerifiedClaims {
  const subject = property(payload, "sub");
  const userId = typeof subject === "string" ? parseId(subject) : undefined;
  if (userId === undefined) throw new AccessTokenInvalidError();
  const exp = property(payload, "exp");
  return { userId, expiresAtMs: typeof exp === "number" ? exp * 1000 : Number.POSITIVE_INFINITY };
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
