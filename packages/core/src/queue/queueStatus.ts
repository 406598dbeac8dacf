import type { CoreContext } from "../ports/coreContext.ts";
import { bestPlace } from "./bestPlace.ts";
import { NotInQueueError, QueueTokenExpiredError } from "./errors.ts";
import { requireQueue } from "./knownQueues.ts";
import { type QueueTicket, queueTicket } from "./queueTicket.ts";
import { askWithRebuild } from "./rebuildQueue.ts";
import { claimsFor } from "./verifyQueueToken.ts";

export interface QueueStatusInput {
  readonly queueId: string;
  readonly userId: number;
  /** The user's queue token, if the request has one. */
  readonly token?: string | undefined;
}

/**
 * Returns the user's place and a fresh token. Restores a place that Redis lost and the token
 * proves.
 * @throws QueueNotFoundError
 * @throws NotInQueueError when the user has no place and no token that proves one
 * @throws QueueTokenExpiredError when the token's place has ended
 * @throws InvalidQueueTokenError for a token of another user, queue or epoch
 * @throws DependencyUnavailableError while Redis does not answer
 */
export async function queueStatus(
  core: CoreContext,
  { queueId, userId, token }: QueueStatusInput,
): Promise<QueueTicket> {
  const queue = await requireQueue(core, queueId);
  const claims = token === undefined ? undefined : claimsFor(core, queue, userId, token);
  if (claims) {
    const place = await bestPlace(core, queue, claims);
    if (!place) throw new QueueTokenExpiredError();
    return queueTicket(core, queue, place);
  }
  const place = await askWithRebuild(core, queueId, () => core.queue.place(queueId, userId));
  if (place.status === "NONE" || place.status === "MISSED") throw new NotInQueueError(queueId);
  return queueTicket(core, queue, place);
}
