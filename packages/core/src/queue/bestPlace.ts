import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueuePlace } from "../ports/queueStore.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import { askWithRebuild } from "./rebuildQueue.ts";

/*
 * The place of a buyer who misses the admission
 *
 * Problem: a buyer far back is advised to pause for minutes. When most buyers ahead leave the line
 * meanwhile, or an operator makes the line faster, the buyer is admitted during the pause, and the
 * admission ends (UNCLAIMED) before the buyer polls again. The slot must not wait for the buyer,
 * because a long line has pauses of hours. But a buyer who follows the advice must keep the place.
 *
 * The states: WAITING, ACTIVE, then missed. Redis keeps the sequence of a missed place
 * (`keepMissed-0.lua`), and the slot goes to the next buyer. The first poll returns the place to
 * the line at its old sequence: WAITING, before all buyers who joined later. The next free slot is
 * its own. So no buyer is admitted before a buyer of a lower sequence who is in line (I8).
 *
 * The decision: each token of a waiting place has the pause that was advised with it. The right to
 * return ends one activation time after this pause. The API decides it by the token and its own
 * clock; Redis decides, in the same call, whether the place was missed.
 *
 * A place returns once, also after a loss of Redis. Without this limit, a buyer could keep a token
 * with a long pause and take a slot again and again without use.
 *
 * Failures:
 * - Redis lost the queue: MySQL has the missed admission, and the token restores the place
 *   (`restorePlace`). Without a record of the end, the admission is live again after the rebuild,
 *   and the buyer activates it.
 * - The clocks of two API processes differ: the activation time is the tolerance.
 * - The buyer never comes back: no slot waits. Redis removes the entry after `MISSED_KEPT_US`.
 *
 * Not promised: the place of a buyer who returns later, who has lost the token, or whose token an
 * operator has revoked; the place of a buyer for whom Redis or MySQL does not answer until the
 * right has ended; and an admission that a rebuild restored and that expires during a longer pause.
 */

/**
 * Maximum age of a token that restores a place. An older token is of an earlier sale, whose buyers
 * must not come before those of today.
 */
const RESTORING_AGE_MS_MAX = 24 * 60 * 60 * 1000;

/**
 * How long before the loss a buyer may have missed the advised poll. A buyer who waits polls as
 * advised, and each answer has a new token. The time is that of the longest outage of Redis after
 * which a sale continues: until its end, the polls of all buyers failed. A place whose buyer
 * stopped polling earlier was given up, and must not return at the head of a later line.
 */
const MISSED_POLL_MS_MAX = 60 * 60 * 1000;

/**
 * Returns the place that the token proves, or an older place of the user. When Redis lost the place
 * of the token, the token restores this place, even when the user has a later place now: a client
 * that repeats its join can get a new place after the loss. A place whose admission was missed
 * returns to the line while the token gives this right.
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
    core.queue.place(queueId, userId, sequence, mayReturn(core, queue, claims)),
  );
  const isGone = present.status === "NONE" || present.status === "MISSED";
  if (isGone || present.sequence > sequence) return restorePlace(core, queue, claims);
  if (present.status === "WAITING" && present.hasReturned) {
    core.metrics.count("queue_places_returned_total", { queue: queueId });
  }
  return present;
}

/**
 * Restores the place that a token proves, after Redis lost it. A place cannot be restored when it
 * was admitted (unless the admission was missed), when its buyer left it, when it ended without a
 * loss of Redis, or when the token was too old at the loss. An active user keeps the active place.
 * @param claims of a verified token of this queue and epoch
 * @returns `undefined` when the token does not name a place that Redis lost
 */
async function restorePlace(
  core: CoreContext,
  queue: QueueRecord,
  claims: QueueTokenClaims,
): Promise<QueuePlace | undefined> {
  const { queueId } = queue;
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
  if (!wasLost || nextPollMs(core, claims) + MISSED_POLL_MS_MAX < generationStartedUs / 1000) {
    return undefined;
  }
  if (await core.admissions.hasLeft(null, queueId, claims)) return undefined;
  const admission = await core.admissions.findAdmission(null, queueId, sequence);
  if (admission && !isMissedPlace(core, queue, claims, admission.missedAtUs)) return undefined;
  const place = await askWithRebuild(core, queueId, () =>
    core.queue.join(queueId, userId, sequence, admission !== undefined),
  );
  if (place.status === "CLOSED") return undefined;
  core.metrics.count("queue_places_restored_total", { queue: queueId });
  return place;
}

/** When the buyer of the token was advised to read the place again, or the admission ends, ms. */
function nextPollMs(core: CoreContext, claims: QueueTokenClaims): number {
  const { issuedAtMs, pollAfterMs = core.config.queue.pollAfterMaxMs, activeUntilMs = 0 } = claims;
  return Math.max(issuedAtMs + pollAfterMs, activeUntilMs);
}

/**
 * Whether the buyer of the token keeps a place whose admission was missed: until the advised pause
 * of the token and the activation time after it are over.
 */
function mayReturn(
  core: CoreContext,
  { settings }: QueueRecord,
  claims: QueueTokenClaims,
): boolean {
  const { issuedAtMs, pollAfterMs } = claims;
  if (pollAfterMs === undefined) return false;
  return core.clock.nowMs() <= issuedAtMs + pollAfterMs + settings.activationMs;
}

/**
 * Whether MySQL has only a missed admission of the place, and the place may return, or had returned
 * before Redis lost it. A token of a later time than the missed admission shows that.
 */
function isMissedPlace(
  core: CoreContext,
  queue: QueueRecord,
  claims: QueueTokenClaims,
  missedAtUs: number | undefined,
): boolean {
  if (missedAtUs === undefined) return false;
  return claims.issuedAtMs * 1000 >= missedAtUs || mayReturn(core, queue, claims);
}
