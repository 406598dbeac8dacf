import type { OnsaleConfig } from "@onsale/core";
import { AccessTokenInvalidError } from "../problems/errors.ts";

/*
 * The rules for an access token
 *
 * Problem: an issuer signs many tokens with the same keys: access tokens of other applications, ID
 * tokens, refresh tokens, logout tokens, events. Each of them has a valid signature. The API is
 * safe only when it refuses all but the tokens that the issuer made for it.
 *
 * After the signature, a token must fulfil each of these rules:
 * - `iss` is the required issuer, and `aud` contains a required audience (RFC 7519). Beside a key
 *   set, both are required settings; with the shared secret alone, who has the secret is the rule.
 * - `exp` is a time that has not passed, `nbf` and `iat` are no times in the future, each with the
 *   leeway of the clocks. The life from `iat` to `exp` is bounded.
 * - The header's `typ` is absent, `JWT` or `at+jwt` (RFC 9068, section 4).
 * - It is not an ID token (`at_hash`, `c_hash`, Keycloak's `typ: ID`, or a `nonce` without scope),
 *   not a token of another kind (`typ`), and not a security event (`events`).
 * - It has no `cnf`: such a token is bound to a key of its client (RFC 7800, RFC 9449). As a plain
 *   bearer token it is a stolen one, and the API cannot check the key.
 *
 * The rules on times are checked for each request, all others once for each token.
 */

/** The claims of a token that stay true as long as its key is valid. */
export interface AccessClaims {
  readonly subject: string;
  /** The later one of `nbf` and `iat`, ms; -Infinity without both. */
  readonly notBeforeMs: number;
  readonly expiresAtMs: number;
}

/** The rules that settings define. */
export interface ClaimRules {
  readonly issuer: string | undefined;
  /** Empty: the audience of a token is not compared. */
  readonly audiences: readonly string[];
  readonly leewayMs: number;
  readonly lifetimeMaxMs: number;
}

/** The rules of the settings. */
export function claimRules(auth: OnsaleConfig["auth"]): ClaimRules {
  return {
    issuer: auth.oidcIssuer ?? auth.issuer,
    audiences: auth.audience,
    leewayMs: auth.leewayMs,
    lifetimeMaxMs: auth.tokenLifetimeMaxMs,
  };
}

/** The media types of access tokens, without the prefix `application/`. */
const ACCESS_TYPES = ["jwt", "at+jwt"];

/** The values of Keycloak's claim `typ` in access tokens. */
const BEARER_TYPES = ["bearer", "dpop"];

/**
 * Checks all rules except those that the time decides.
 * @param token the header and the payload of a token with a valid signature
 * @throws AccessTokenInvalidError with the rule that the token breaks
 */
export function readAccessClaims(token: unknown, rules: ClaimRules, nowMs: number): AccessClaims {
  const payload = claim(token, "payload");
  requireAccessToken(claim(token, "header"), payload);
  if (rules.issuer !== undefined && claim(payload, "iss") !== rules.issuer) {
    throw new AccessTokenInvalidError("it is of another issuer");
  }
  if (rules.audiences.length > 0 && !hasAudience(claim(payload, "aud"), rules.audiences)) {
    throw new AccessTokenInvalidError("it is for another audience");
  }
  const subject = claim(payload, "sub");
  if (typeof subject !== "string" || subject === "") {
    throw new AccessTokenInvalidError("it has no subject");
  }
  const expiresAtMs = timeIn(payload, "exp");
  if (expiresAtMs === undefined) throw new AccessTokenInvalidError("it has no time of expiry");
  const issuedAtMs = timeIn(payload, "iat");
  if (expiresAtMs - (issuedAtMs ?? nowMs) > rules.lifetimeMaxMs) {
    throw new AccessTokenInvalidError("it lives too long");
  }
  const notBeforeMs = Math.max(issuedAtMs ?? -Infinity, timeIn(payload, "nbf") ?? -Infinity);
  return { subject, notBeforeMs, expiresAtMs };
}

/** @throws AccessTokenInvalidError unless the token is valid at this time */
export function requireInTime(
  { notBeforeMs, expiresAtMs }: AccessClaims,
  { leewayMs }: ClaimRules,
  nowMs: number,
): void {
  if (nowMs > expiresAtMs + leewayMs) throw new AccessTokenInvalidError("it has expired");
  if (nowMs < notBeforeMs - leewayMs) throw new AccessTokenInvalidError("it is not valid yet");
}

function requireAccessToken(header: unknown, payload: unknown): void {
  const type = claim(header, "typ") ?? "jwt";
  const isAccessType =
    typeof type === "string" && ACCESS_TYPES.includes(lowered(type).replace("application/", ""));
  const kind = claim(payload, "typ") ?? "bearer";
  const isBearer = typeof kind === "string" && BEARER_TYPES.includes(lowered(kind));
  if (!isAccessType || !isBearer || isIdToken(payload) || has(payload, "events")) {
    throw new AccessTokenInvalidError("it is not an access token");
  }
  if (has(payload, "cnf")) {
    throw new AccessTokenInvalidError("it is bound to a key, which this API does not check");
  }
}

function isIdToken(payload: unknown): boolean {
  if (has(payload, "at_hash") || has(payload, "c_hash")) return true;
  const hasScope = ["scope", "scp", "client_id"].some((name) => has(payload, name));
  return has(payload, "nonce") && !hasScope;
}

function hasAudience(aud: unknown, audiences: readonly string[]): boolean {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return audiences.some((audience) => named.includes(audience));
}

/** A time in ms. JSON's 1e999 is Infinity, which is no time. */
function timeIn(payload: unknown, name: string): number | undefined {
  const seconds = claim(payload, name);
  if (seconds === undefined) return undefined;
  if (typeof seconds === "number" && Number.isFinite(seconds)) return seconds * 1000;
  throw new AccessTokenInvalidError(`its ${name} is no time`);
}

const lowered = (text: string): string => text.toLowerCase();

const has = (value: unknown, name: string): boolean => claim(value, name) !== undefined;

/** Returns an own property; undefined when the value has none. */
export function claim(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}
