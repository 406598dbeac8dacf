import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import { InvalidQueueTokenError, QueueTokenExpiredError } from "./errors.ts";

/**
 * Maximum age of a queue token, ms. Every answer about a place has a new token, so a buyer who
 * waits has a younger one. A token in an old log is worth nothing.
 */
const QUEUE_TOKEN_AGE_MS_MAX = 24 * 60 * 60 * 1000;

/**
 * Checks the signature and the age of a queue token and reads its claims, without calling a server.
 * `admitActive` and `queueStatus` check the epoch and the place.
 * @throws InvalidQueueTokenError
 * @throws QueueTokenExpiredError for a token that is more than a day old
 */
export function verifyQueueToken(
  { tokens, clock }: Pick<CoreContext, "tokens" | "clock">,
  token: string,
): QueueTokenClaims {
  const claims = tokens.verify(token);
  if (clock.nowMs() - claims.issuedAtMs > QUEUE_TOKEN_AGE_MS_MAX) {
    throw new QueueTokenExpiredError();
  }
  return claims;
}

/**
 * Returns the claims of a token, if the token is for this user, queue and epoch.
 * @throws InvalidQueueTokenError for any other token
 */
export function claimsFor(
  core: CoreContext,
  queue: QueueRecord,
  userId: number,
  token: string,
): QueueTokenClaims {
  const claims = core.tokens.verify(token);
  const fits =
    claims.queueId === queue.queueId && claims.userId === userId && claims.epoch === queue.epoch;
  if (!fits) throw new InvalidQueueTokenError();
  return claims;
}
