import type { CoreContext, OnsaleConfig } from "@onsale/core";
import { createDecoder, createSigner, createVerifier } from "fast-jwt";
import { LRUCache } from "lru-cache";
import { AccessTokenInvalidError } from "../problems/errors.ts";
import {
  type AccessClaims,
  type ClaimRules,
  claim,
  claimRules,
  readAccessClaims,
  requireInTime,
} from "./accessClaims.ts";
import { JWKS_ALGORITHMS, type JwksAlgorithm } from "./fetchKeySet.ts";
import { openKeySet } from "./keySet.ts";
import { keySetSource } from "./keySetSource.ts";
import { subjectUsers } from "./subjectUsers.ts";

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
 * @throws OverloadedError, DependencyUnavailableError for a subject that this process does not know
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
  const { jwtSecret, audience } = config.auth;
  const { issuer } = claimRules(config.auth);
  if (jwtSecret === undefined) throw new Error("AUTH_JWT_SECRET is needed to sign access tokens");
  const expiresInSeconds = input.expiresInSeconds ?? DEV_TOKEN_TTL_SECONDS;
  const sign = createSigner({
    key: jwtSecret,
    algorithm: "HS256",
    expiresIn: expiresInSeconds * 1000,
    ...(issuer === undefined ? {} : { iss: issuer }),
    ...(audience[0] === undefined ? {} : { aud: audience[0] }),
  });
  return { accessToken: sign({ sub: String(input.userId) }), expiresInSeconds };
}

/**
 * Makes the verifier for the configured secret, the configured key set, or both. The algorithm of a
 * token decides which of them verifies it.
 *
 * The verifier remembers tokens whose signature and claims were right, because a client sends the
 * same token with each request. For each request, the verifier finds the key anew and compares it,
 * so that a withdrawn or replaced key stops working immediately, and it checks the times.
 * @param findUser finds the user of a subject that is no user id, and records it at its first login
 */
export function accessTokenVerifier(
  auth: AuthConfig,
  core: Pick<CoreContext, "clock" | "log">,
  findUser: (subject: string) => Promise<number>,
): VerifyAccessToken {
  const rules = claimRules(auth);
  const findKey = keyFinder(auth, core);
  const verify = tokenVerifier(rules);
  const userOfSubject = subjectUsers(findUser);
  const remembered = new LRUCache<string, VerifiedToken>({
    maxSize: REMEMBERED_LENGTH_MAX,
    sizeCalculation: (_verified, token) => token.length,
  });

  function userOf(
    token: string,
    header: TokenHeader,
    key: VerificationKey | undefined,
  ): number | Promise<number> {
    if (key === undefined) throw new AccessTokenInvalidError();
    const nowMs = core.clock.nowMs();
    let verified = remembered.get(token);
    if (verified?.key !== key) {
      verified = { header, key, ...verify(key, token, nowMs) };
      remembered.set(token, verified);
    }
    requireInTime(verified, rules, nowMs);
    return userOfSubject(verified.subject);
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

interface VerifiedToken extends AccessClaims {
  readonly header: TokenHeader;
  readonly key: VerificationKey;
}

const decodeWhole = createDecoder({ complete: true });

function readHeader(token: string): TokenHeader {
  try {
    const header = claim(decodeWhole(token), "header");
    return { alg: claim(header, "alg"), kid: claim(header, "kid") };
  } catch {
    throw new AccessTokenInvalidError();
  }
}

type FindKey = (
  header: TokenHeader,
) => VerificationKey | undefined | Promise<VerificationKey | undefined>;

function keyFinder(auth: AuthConfig, core: Pick<CoreContext, "clock" | "log">): FindKey {
  const { jwtSecret } = auth;
  const secret: VerificationKey | undefined =
    jwtSecret === undefined ? undefined : { algorithm: "HS256", pem: jwtSecret };
  const fetchKeys = keySetSource(auth, core.clock);
  const keySet = fetchKeys && openKeySet(fetchKeys, core);
  return ({ alg, kid }) => {
    if (alg === secret?.algorithm) return secret;
    const algorithm = JWKS_ALGORITHMS.find((known) => known === alg);
    if (!algorithm || typeof kid !== "string") return undefined;
    return keySet?.find(algorithm, kid);
  };
}

/** The library does not check the times: they are checked for each request, by core's clock. */
function tokenVerifier(
  rules: ClaimRules,
): (key: VerificationKey, token: string, nowMs: number) => AccessClaims {
  const verifiers = new WeakMap<VerificationKey, (token: string) => unknown>();
  function verifierOf(key: VerificationKey): (token: string) => unknown {
    const known = verifiers.get(key);
    if (known) return known;
    const { algorithm, pem } = key;
    const verify = createVerifier({
      ...{ key: pem, algorithms: [algorithm], complete: true },
      ...{ ignoreExpiration: true, ignoreNotBefore: true },
    });
    verifiers.set(key, verify);
    return verify;
  }
  return (key, token, nowMs) => {
    let verified: unknown;
    try {
      verified = verifierOf(key)(token);
    } catch {
      throw new AccessTokenInvalidError();
    }
    return readAccessClaims(verified, rules, nowMs);
  };
}
