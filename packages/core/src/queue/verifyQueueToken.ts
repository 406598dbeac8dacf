import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import { InvalidQueueTokenError } from "./errors.ts";

/**
 * Checks the signature of a queue token and reads its claims, without calling a server.
 * `admitActive` and `queueStatus` check the epoch and the place.
 * @throws InvalidQueueTokenError
 */
export function verifyQueueToken(core: CoreContext, token: string): QueueTokenClaims {
  return core.tokens.verify(token);
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
