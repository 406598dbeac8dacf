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

/*
 * The waiting room
 *
 * Problem: far more buyers arrive than the seat tables can serve, and buyers who came first must be
 * served first. So each buyer takes a place in a queue, and only a bounded number of buyers, the
 * active set, may hold seats and pay.
 *
 * A place is WAITING, then ACTIVE, then ended: PAID, LEFT, EXPIRED (its time is up) or UNCLAIMED
 * (its buyer did not use the admission in time). A waiting place can only become ACTIVE or LEFT. An
 * UNCLAIMED place of a buyer who follows an advised pause is WAITING again, once (`bestPlace.ts`).
 *
 * The decision: Redis decides, in one Lua script for each call, by its own clock.
 * - A join takes the next sequence: the time of Redis in µs, always larger than the last one. The
 *   order of sequences is the order of admission. The buyer gets a signed token with the sequence.
 * - A promotion admits the lowest sequences while three limits allow it: the size of the active
 *   set, the admissions in any 60 seconds, and a sixtieth of those in any second.
 * - The first request of an admitted buyer is the activation. Without it the admission ends early.
 *
 * MySQL has the settings of the queue and one row for each admission. A promoter writes the rows
 * and the ends after Redis decided, then confirms them to Redis ("settle"); `promoteWaiting.ts` has
 * the details.
 *
 * Failures:
 * - Redis does not answer: joins and polls are refused, and clients try again. A buyer whose token
 *   says ACTIVE goes on until the admission ends.
 * - Redis lost the queue: it is rebuilt from MySQL, and waiting buyers return to their old sequence
 *   by their tokens (`rebuildQueue.ts`).
 * - MySQL does not answer: joins, polls and active buyers go on in processes that know the queue. A
 *   promoter admits one batch and then no more until that batch is recorded.
 * - A process dies: Redis has every batch until MySQL has recorded it, and returns the batch to
 *   another promoter after a second.
 *
 * Not promised: an exact estimate of the waiting time, and the place of a waiting buyer who lost
 * the token when Redis also lost the queue.
 */

export interface JoinQueueInput {
  readonly queueId: string;
  readonly userId: number;
  /** An earlier queue token. It restores the buyer's place when Redis lost the place. */
  readonly token?: string | undefined;
}

/**
 * Gives the user a place at the tail of the queue, or returns the place that the user already has.
 * @throws QueueNotFoundError, QueueClosedError
 * @throws DependencyUnavailableError while Redis does not answer
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
    // A token that proves no place is ignored, so the user joins at the tail like a user without a
    // token.
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
