import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueuePlace } from "../ports/queueStore.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import { askWithRebuild } from "./rebuildQueue.ts";

/**
 * The user's place, or the older one that the token proves, when the fast memory lost it. A place
 * that stands may be younger: a join that was repeated can arrive once more after the loss.
 * @param claims of a verified token of this queue and epoch
 * @returns `undefined` when the user has no place and the token proves none
 */
export async function bestPlace(
  core: CoreContext,
  queue: QueueRecord,
  claims: QueueTokenClaims,
): Promise<QueuePlace | undefined> {
  const { queueId } = queue;
  const { userId, sequence } = claims;
  const standing = await askWithRebuild(core, queueId, () => core.queue.place(queueId, userId));
  if (standing.status === "ACTIVE") return standing;
  if (standing.status === "NONE") return restorePlace(core, queue, claims);
  if (standing.sequence <= sequence) return standing;
  return (await restorePlace(core, queue, claims)) ?? standing;
}

/**
 * Takes the place that a token proves again, after the fast memory lost it. A place that was
 * admitted once is used up, and a place that was given up without any loss is gone.
 * @param claims of a verified token of this queue and epoch
 * @returns `undefined` when the token proves no place that was lost
 */
async function restorePlace(
  core: CoreContext,
  { queueId }: QueueRecord,
  claims: QueueTokenClaims,
): Promise<QueuePlace | undefined> {
  const { userId, sequence, issuedAtMs } = claims;
  const { generationStartedUs } = await askWithRebuild(core, queueId, () =>
    core.queue.stats(queueId),
  );
  // A sequence is the queue's time at joining, so it tells the generation without any other clock;
  // the time of issue, which is whole milliseconds, covers a queue's clock that stepped back.
  const issuedBefore = (issuedAtMs + 1) * 1000 <= generationStartedUs;
  const wasLost = sequence < generationStartedUs || issuedBefore;
  if (!wasLost) return undefined;
  if (await core.admissions.findAdmission(null, queueId, sequence)) return undefined;
  const place = await askWithRebuild(core, queueId, () =>
    core.queue.join(queueId, userId, sequence),
  );
  if (place.status === "CLOSED") return undefined;
  core.metrics.count("queue_places_restored", { queue: queueId });
  return place;
}
