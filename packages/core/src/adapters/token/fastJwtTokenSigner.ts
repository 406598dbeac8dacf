import assert from "node:assert/strict";
import { createSigner, createVerifier } from "fast-jwt";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import {
  QUEUE_TOKEN_AUDIENCE,
  type QueueTokenClaims,
  type TokenSigner,
} from "../../ports/tokenSigner.ts";
import { InvalidQueueTokenError } from "../../queue/errors.ts";

/** One key of the key ring. A token names its key by the `kid`. */
export interface TokenKey {
  readonly kid: string;
  /** At least 32 characters (RFC 7518, section 3.2). */
  readonly secret: string;
}

/**
 * Longer tokens are refused without parsing. A token with the longest queue id has about 350
 * characters.
 */
const TOKEN_LENGTH_MAX = 1024;

/**
 * Maximum length of all remembered tokens together, in characters: about 14,000 tokens, more than
 * the buyers who are active at the same time. Tokens beyond it are verified again.
 */
const REMEMBERED_LENGTH_MAX = 4 * 1024 * 1024;

const positive = z.number().int().positive();
/**
 * The claims have no `sub`, because a queue token is not an access token. They have no `iat`,
 * because an `iat` has whole seconds, too coarse to compare the age of a token with a Redis loss.
 */
const payloadSchema = z.object({
  aud: z.literal(QUEUE_TOKEN_AUDIENCE),
  queue: z.string().min(1).max(64),
  user: positive,
  sequence: positive,
  epoch: positive,
  issuedAtMs: positive,
  pollAfterMs: positive.optional(),
  activeUntilMs: positive.optional(),
});

/**
 * Queue tokens as JWTs with HS256. The first key signs and every key verifies. To change the key,
 * put the new key in front, and remove the old key when its last tokens have expired. An access
 * token that is signed with the same secret has another audience and is refused.
 *
 * The signer remembers the claims of the texts that it has verified, because a client sends the
 * same token with several requests. It does not remember what it signs: most tokens of waiting
 * buyers never come back, and to keep them costs more than to verify the others once. A text and
 * its claims never change, so only the signature is remembered. The caller checks for each request
 * whether the place, the epoch and the age are still good.
 */
export function fastJwtTokenSigner(keys: readonly TokenKey[]): TokenSigner {
  const [signingKey] = keys;
  assert(signingKey, "A token signer needs at least one key");
  const sign = signerOf(signingKey);
  // The verifiers by the first segment of a token. This segment (the protected header) depends only
  // on the key. A token with another algorithm, type or key id has another first segment, so it
  // finds no verifier.
  const verifiers = new Map(
    keys.map((key) => [headerOf(signerOf(key)({})), verifierOf(key)] as const),
  );

  const remembered = new LRUCache<string, QueueTokenClaims>({
    maxSize: REMEMBERED_LENGTH_MAX,
    sizeCalculation: (_claims, token) => token.length,
  });

  return {
    sign: (claims) => sign(payloadOf(claims)),
    verify(token) {
      if (token.length > TOKEN_LENGTH_MAX) throw new InvalidQueueTokenError();
      const known = remembered.get(token);
      if (known) return known;
      const verify = verifiers.get(headerOf(token));
      if (!verify) throw new InvalidQueueTokenError();
      let payload: unknown;
      try {
        payload = verify(token);
      } catch {
        throw new InvalidQueueTokenError();
      }
      // Requests share the claims, so they must not change.
      const claims = Object.freeze(claimsOf(payload));
      remembered.set(token, claims);
      return claims;
    },
  };
}

function signerOf(key: TokenKey): (payload: object) => string {
  return createSigner({
    key: key.secret,
    algorithm: "HS256",
    kid: key.kid,
    aud: QUEUE_TOKEN_AUDIENCE,
    noTimestamp: true,
  });
}

function verifierOf(key: TokenKey): (token: string) => unknown {
  return createVerifier({
    key: key.secret,
    algorithms: ["HS256"],
    allowedAud: QUEUE_TOKEN_AUDIENCE,
    requiredClaims: ["aud"],
    cache: false,
  });
}

function headerOf(token: string): string {
  return token.slice(0, token.indexOf("."));
}

function payloadOf(claims: QueueTokenClaims): object {
  return {
    queue: claims.queueId,
    user: claims.userId,
    sequence: claims.sequence,
    epoch: claims.epoch,
    issuedAtMs: claims.issuedAtMs,
    pollAfterMs: claims.pollAfterMs,
    activeUntilMs: claims.activeUntilMs,
  };
}

function claimsOf(payload: unknown): QueueTokenClaims {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) throw new InvalidQueueTokenError();
  const { queue: queueId, user: userId, ...place } = parsed.data;
  const { sequence, epoch, issuedAtMs, pollAfterMs, activeUntilMs } = place;
  return { queueId, userId, sequence, epoch, issuedAtMs, pollAfterMs, activeUntilMs };
}
