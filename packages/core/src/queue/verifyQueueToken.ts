import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import { InvalidQueueTokenError } from "./errors.ts";

/**
 * Reads a queue token; the signature only, no lookup. Whether its epoch stands and its place is
 * active is for `admitActive` and `queueStatus`.
 * @throws InvalidQueueTokenError
 */
export function verifyQueueToken(core: CoreContext, token: string): QueueTokenClaims {
  return core.tokens.verify(token);
}

/**
 * The claims of a token that stands for this user's place in this queue.
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
