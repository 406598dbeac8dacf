import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueuePlace } from "../ports/queueStore.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import { bestPlace } from "./bestPlace.ts";
import { InvalidQueueTokenError, QueueClosedError } from "./errors.ts";
import { requireQueue } from "./knownQueues.ts";
import { type QueueTicket, queueTicket } from "./queueTicket.ts";
import { askWithRebuild } from "./rebuildQueue.ts";
import { claimsFor } from "./verifyQueueToken.ts";

export interface JoinQueueInput {
  readonly queueId: string;
  readonly userId: number;
  /**
   * An earlier queue token: it takes its place again when that was lost, and is ignored otherwise.
   */
  readonly token?: string | undefined;
}

/**
 * Puts the user at the tail of the line, or answers the place that the user has already.
 * @throws QueueNotFoundError, QueueClosedError
 * @throws DependencyUnavailableError while the queue's memory is away
 */
export async function joinQueue(core: CoreContext, input: JoinQueueInput): Promise<QueueTicket> {
  const queue = await requireQueue(core, input.queueId);
  const earlier = earlierPlace(core, queue, input);
  const place = earlier && (await bestPlace(core, queue, earlier));
  return queueTicket(core, queue, place ?? (await joinTail(core, queue, input.userId)));
}

function earlierPlace(
  core: CoreContext,
  queue: QueueRecord,
  { userId, token }: JoinQueueInput,
): QueueTokenClaims | undefined {
  if (token === undefined) return undefined;
  try {
    return claimsFor(core, queue, userId, token);
  } catch (error) {
    // A token that proves nothing takes nothing: the tail is open to everybody.
    if (error instanceof InvalidQueueTokenError) return undefined;
    throw error;
  }
}

async function joinTail(
  core: CoreContext,
  { queueId }: QueueRecord,
  userId: number,
): Promise<QueuePlace> {
  const place = await askWithRebuild(core, queueId, () => core.queue.join(queueId, userId));
  if (place.status === "CLOSED") throw new QueueClosedError(queueId);
  return place;
}
