import type { OnsaleConfig } from "@onsale/core";
import { createDecoder, createSigner, createVerifier, TokenError } from "fast-jwt";
import { AccessTokenInvalidError, AuthKeysUnavailableError } from "../errors.ts";
import { parseId } from "../http/parseId.ts";

type AuthConfig = OnsaleConfig["auth"];

/** A token of the development issuer lives for a working day. */
const DEV_TOKEN_TTL_SECONDS = 12 * 60 * 60;

/** Public-key algorithms of a key set; a shared-secret algorithm is never taken from it. */
const JWKS_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"] as const;

/** Key fetches that may wait at once: tokens with invented key ids must not pile up requests. */
const KEY_FETCHES_MAX = 8;

/** A key set that takes longer is treated as away, so that answers keep to their second. */
const KEY_FETCH_MS_MAX = 800;

/** Verified tokens of a key set that are remembered: converting a key costs more than the rest. */
const VERIFIED_TOKENS_MAX = 10_000;

/**
 * Tells whose access token it is.
 * @returns the user id
 * @throws AccessTokenInvalidError, AuthKeysUnavailableError
 */
export type VerifyAccessToken = (token: string) => number | Promise<number>;

/** What the development issuer hands out. */
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

/** The verifier for the configured secret, key set, or both; each algorithm has one kind of key. */
export function accessTokenVerifier(auth: AuthConfig): VerifyAccessToken {
  const headerOf = createDecoder({ complete: true });
  const bySecret = auth.jwtSecret === undefined ? undefined : secretVerifier(auth, auth.jwtSecret);
  const byKeySet = auth.jwksUrl === undefined ? undefined : keySetVerifier(auth, auth.jwksUrl);
  return (token) => {
    const algorithm = readAlgorithm(headerOf, token);
    if (algorithm === "HS256" && bySecret) return bySecret(token);
    if (JWKS_ALGORITHMS.some((known) => known === algorithm) && byKeySet) return byKeySet(token);
    throw new AccessTokenInvalidError();
  };
}

function readAlgorithm(headerOf: (token: string) => unknown, token: string): unknown {
  try {
    const decoded = headerOf(token);
    return property(property(decoded, "header"), "alg");
  } catch {
    throw new AccessTokenInvalidError();
  }
}

function secretVerifier(auth: AuthConfig, secret: string): VerifyAccessToken {
  const verify = createVerifier({ key: secret, algorithms: ["HS256"], ...issuerRule(auth) });
  return (token) => {
    try {
      return subjectOf(verify(token));
    } catch {
      throw new AccessTokenInvalidError();
    }
  };
}

function keySetVerifier(auth: AuthConfig, url: string): VerifyAccessToken {
  const { origin, pathname, search } = new URL(url);
  // Loaded where a key set is configured only: its cryptography takes long to load.
  const loading = import("get-jwks").then(({ default: buildGetJwks }) =>
    buildGetJwks({ jwksPath: pathname + search }),
  );
  let fetching = 0;
  let fetchesMax = KEY_FETCHES_MAX;
  async function fetchKey(decoded: { header: Record<string, unknown> }): Promise<string> {
    const { kid, alg } = decoded.header;
    if (typeof kid !== "string" || typeof alg !== "string") throw new AccessTokenInvalidError();
    const keySet = await loading;
    const cacheKey = keySet.generateCacheKey(alg, kid, `${origin}/`);
    if (!keySet.cache.get(cacheKey) && fetching >= fetchesMax) throw new AuthKeysUnavailableError();
    fetching += 1;
    try {
      const key = await withinFetchTime(keySet.getPublicKey({ domain: origin, alg, kid }));
      fetchesMax = KEY_FETCHES_MAX;
      return key;
    } catch (error) {
      if (error instanceof AuthKeysUnavailableError) {
        // The library would wait for the fetch that hangs; forget it, and try with one at a time.
        keySet.cache.delete(cacheKey);
        fetchesMax = 1;
      }
      throw error;
    } finally {
      fetching -= 1;
    }
  }
  const verify = createVerifier({
    key: fetchKey,
    algorithms: [...JWKS_ALGORITHMS],
    cache: VERIFIED_TOKENS_MAX,
    errorCacheTTL: -1,
    ...issuerRule(auth),
  });
  return async (token) => {
    try {
      return subjectOf(await verify(token));
    } catch (error) {
      throw isFetchFailure(error)
        ? new AuthKeysUnavailableError({ cause: error })
        : new AccessTokenInvalidError();
    }
  };
}

async function withinFetchTime(fetched: Promise<string>): Promise<string> {
  const late = AbortSignal.timeout(KEY_FETCH_MS_MAX);
  const timedOut = new Promise<never>((_resolve, reject) => {
    late.addEventListener("abort", () => reject(new AuthKeysUnavailableError()), { once: true });
  });
  return await Promise.race([fetched, timedOut]);
}

/** An unknown key id is the token's fault; anything else in fetching is the key server's. */
function isFetchFailure(error: unknown): boolean {
  if (!(error instanceof TokenError)) return error instanceof AuthKeysUnavailableError;
  if (error.code !== TokenError.codes.keyFetchingError) return false;
  const cause: unknown = error.originalError;
  return property(cause, "code") !== "JWK_NOT_FOUND" && !(cause instanceof AccessTokenInvalidError);
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
