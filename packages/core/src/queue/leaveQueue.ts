import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { LeaveAnswer } from "../ports/queueStore.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
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
  const { status } = await askWithRebuild(core, queueId, () =>
    core.queue.leave(queueId, userId, "LEFT", claims?.sequence),
  );
  if (!claims) return status;
  const ended = status === "NEWER" ? await leaveReplacement(core, queue, claims) : status;
  // Redis forgets ended places when it loses the queue, and the token outlives them.
  await core.admissions.recordLeft(null, queueId, claims);
  return ended;
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
  return left.status;
}
