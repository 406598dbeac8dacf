import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { LeaveAnswer } from "../ports/queueStore.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import type { Tx } from "../ports/transaction.ts";
import { bestPlace } from "./bestPlace.ts";
import { requireQueue } from "./knownQueues.ts";
import { askWithRebuild } from "./rebuildQueue.ts";
import { claimsFor } from "./verifyQueueToken.ts";

export interface LeaveQueueInput {
  readonly queueId: string;
  readonly userId: number;
  /**
   * The user's queue token, if the request has one. With a token, the call ends only the place for
   * which the token was issued.
   */
  readonly token?: string | undefined;
}

/**
 * Ends the user's place, waiting or active; the slot of an active user becomes free immediately. A
 * second call changes nothing, and neither does the token of an earlier place.
 * @returns ENDED; NONE when the user has no place; NEWER when the user has a later place than the
 *   token's
 * @throws QueueNotFoundError, DependencyUnavailableError
 * @throws InvalidQueueTokenError for a token of another user, queue or epoch
 */
export async function leaveQueue(
  core: CoreContext,
  { queueId, userId, token }: LeaveQueueInput,
): Promise<LeaveAnswer["status"]> {
  const queue = await requireQueue(core, queueId);
  const claims = token === undefined ? undefined : claimsFor(core, queue, userId, token);
  const left = await askWithRebuild(core, queueId, () =>
    core.queue.leave(queueId, userId, "LEFT", claims?.sequence),
  );
  await recordEnd(core, queueId, left);
  if (!claims) return left.status;
  const ended = left.status === "NEWER" ? await leaveReplacement(core, queue, claims) : left.status;
  // Redis forgets ended places when it loses the queue, and the token outlives them.
  await core.admissions.recordLeft(null, queueId, claims);
  return ended;
}

export interface EndPlaceInput {
  readonly queueId: string;
  readonly userId: number;
  /** The place that ends; a later place stays. */
  readonly sequence: number;
  /** Called at the start of each transaction; an error that it throws ends the call. */
  readonly fence?: ((tx: Tx) => Promise<void>) | undefined;
}

/**
 * Ends a buyer's place, waiting or active, for an operator. No token restores the place, also when
 * Redis loses the queue later. A second call changes nothing.
 * @throws DependencyUnavailableError
 */
export async function endPlace(
  core: CoreContext,
  { queueId, userId, sequence, fence }: EndPlaceInput,
): Promise<void> {
  await core.withTransaction(async (tx) => {
    await fence?.(tx);
    await core.admissions.recordLeft(tx, queueId, { userId, sequence });
  });
  const left = await askWithRebuild(core, queueId, () =>
    core.queue.leave(queueId, userId, "LEFT", sequence),
  );
  await recordEnd(core, queueId, left, fence);
}

/**
 * Records the end of an admission that its buyer gave up, or an operator took, without waiting for
 * the next promotion. Otherwise the admission would be live again when Redis loses the queue before
 * that promotion, or while no worker runs.
 */
async function recordEnd(
  core: CoreContext,
  queueId: string,
  left: LeaveAnswer,
  fence?: (tx: Tx) => Promise<void>,
): Promise<void> {
  const { ended } = left.status === "ENDED" ? left : {};
  if (!ended) return;
  await core.withTransaction(async (tx) => {
    await fence?.(tx);
    await core.admissions.recordEnds(tx, queueId, [ended]);
  });
}

/** After a Redis loss, the user's later place may replace the lost place of the token. */
async function leaveReplacement(
  core: CoreContext,
  queue: QueueRecord,
  claims: QueueTokenClaims,
): Promise<LeaveAnswer["status"]> {
  const { queueId, userId } = claims;
  const place = await bestPlace(core, queue, claims);
  if (!place) return "NEWER";
  const left = await askWithRebuild(core, queueId, () =>
    core.queue.leave(queueId, userId, "LEFT", place.sequence),
  );
  await recordEnd(core, queueId, left);
  return left.status;
}
