import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueuePlace } from "../ports/queueStore.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import { askWithRebuild } from "./rebuildQueue.ts";

/**
 * Maximum age of a token that restores a place. Each status answer has a new token, so a buyer who
 * waits has a younger one. An older token is usually of an earlier sale, whose buyers must not come
 * before those of today.
 */
const RESTORING_AGE_MS_MAX = 24 * 60 * 60 * 1000;

/**
 * Returns the place that the token proves, or an older place of the user. When Redis lost the place
 * of the token, the token restores this place, even when the user has a later place now: a client
 * that repeats its join can get a new place after the loss.
 * @param claims of a verified token of this queue and epoch
 * @returns `undefined` when the place has ended, also when the user has a newer place by now. The
 *   token of an earlier place does not change a newer one
 */
export async function bestPlace(
  core: CoreContext,
  queue: QueueRecord,
  claims: QueueTokenClaims,
): Promise<QueuePlace | undefined> {
  const { queueId } = queue;
  const { userId, sequence } = claims;
  const present = await askWithRebuild(core, queueId, () =>
    core.queue.place(queueId, userId, sequence),
  );
  if (present.status !== "NONE" && present.sequence <= sequence) return present;
  return restorePlace(core, queue, claims);
}

/**
 * Restores the place that a token proves, after Redis lost it. A place cannot be restored when it
 * was admitted, when it ended without a loss of Redis, or when the token is more than a day old. An
 * active user keeps the active place.
 * @param claims of a verified token of this queue and epoch
 * @returns `undefined` when the token does not name a place that Redis lost
 */
async function restorePlace(
  core: CoreContext,
  { queueId }: QueueRecord,
  claims: QueueTokenClaims,
): Promise<QueuePlace | undefined> {
  const { userId, sequence, issuedAtMs } = claims;
  if (core.clock.nowMs() - issuedAtMs > RESTORING_AGE_MS_MAX) return undefined;
  const { generationStartedUs } = await askWithRebuild(core, queueId, () =>
    core.queue.stats(queueId),
  );
  // A sequence is the time of Redis at the join. So it usually shows whether the place is older
  // than the generation, by the clock of Redis alone. If that clock was set back, the token's time
  // of issue shows it, in whole milliseconds.
  const issuedBefore = (issuedAtMs + 1) * 1000 <= generationStartedUs;
  const wasLost = sequence < generationStartedUs || issuedBefore;
  if (!wasLost) return undefined;
  if (await core.admissions.findAdmission(null, queueId, sequence)) return undefined;
  const place = await askWithRebuild(core, queueId, () =>
    core.queue.join(queueId, userId, sequence),
  );
  if (place.status === "CLOSED") return undefined;
  core.metrics.count("queue_places_restored_total", { queue: queueId });
  return place;
}
