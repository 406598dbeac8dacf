import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueMissing } from "../ports/queueStore.ts";
import { DependencyUnavailableError } from "../shared/errors.ts";
import { QueueNotFoundError } from "./errors.ts";

/**
 * Allowance for a poll that a client sends at the end of its poll interval and that takes this long
 * to arrive.
 */
const QUIET_MARGIN_MS = 1000;

/*
 * Redis loss and rebuild
 *
 * Problem: Redis may lose the queue at any time: a restart without data, an eviction, a failover to
 * an older copy. No buyer may lose the place then, and no slot may be given away twice.
 *
 * Data that survives: MySQL has the settings and every recorded admission. Each waiting buyer has a
 * token with the sequence of the place.
 *
 * States: Redis has the queue, or answers MISSING. Every script looks for the start of the
 * generation; the promotion also notices that Redis is another process than at the rebuild.
 *
 * The decision: MySQL counts generations. A rebuild
 * 1. counts the next generation and reads settings, live admissions, admissions of the last minute
 *    and the highest known sequence, in one transaction;
 * 2. starts the generation in Redis with them, unless another process was faster: then Redis only
 *    takes the higher number;
 * 3. pauses promotion for one poll interval if the queue was used before, so that waiting buyers
 *    return, each to the old sequence (`bestPlace.ts`), before the head is admitted.
 * From 1 on, MySQL refuses admissions of earlier generations.
 *
 * Failures:
 * - The process dies after 1: the next call rebuilds under a higher number. If Redis had the queue
 *   all the time, its admissions are refused once, and `promoteWaiting` gives Redis the new number.
 * - Redis serves a rebuild late, after the next loss: it makes a state of an old generation, which
 *   lacks admissions that MySQL has recorded since. The next rebuild recognises and replaces it.
 * - A promoter has an unrecorded batch: MySQL refuses it, and the buyers return by their tokens.
 * - Ends that were not recorded are lost: those admissions count as live until their time is up, so
 *   slots become free later, never twice.
 * - MySQL does not answer: the rebuild fails, and so does the call that needed it. Buyers whose
 *   token says ACTIVE go on.
 * - A rebuild that Redis serves late brings old settings too: the next promotion replaces them
 *   (`configureQueue.ts`).
 *
 * Not promised: the place of a waiting buyer without the token. A buyer who returns after the pause
 * has the old sequence again, but buyers who were admitted meanwhile stay admitted.
 */

/**
 * Restores the Redis state of a queue from MySQL. Callers in one process that call at the same time
 * share one rebuild.
 * @throws QueueNotFoundError, DependencyUnavailableError
 */
export function rebuildQueue(core: CoreContext, queueId: string): Promise<void> {
  const { rebuilds } = core.queueState;
  const shared = rebuilds.get(queueId);
  if (shared) return shared;
  const own = rebuildFromDatabase(core, queueId).finally(() => rebuilds.delete(queueId));
  rebuilds.set(queueId, own);
  return own;
}

/**
 * Calls Redis. When Redis has lost the queue, rebuilds the queue and calls once more.
 * @throws DependencyUnavailableError when Redis lost the queue a second time
 */
export async function askWithRebuild<T extends object>(
  core: CoreContext,
  queueId: string,
  ask: () => Promise<T | QueueMissing>,
): Promise<T> {
  const first = await ask();
  if (!isMissing(first)) return first;
  await rebuildQueue(core, queueId);
  const second = await ask();
  if (isMissing(second)) throw new DependencyUnavailableError("redis");
  return second;
}

async function rebuildFromDatabase(core: CoreContext, queueId: string): Promise<void> {
  const record = await core.admissions.findQueue(null, queueId);
  if (!record) throw new QueueNotFoundError(queueId);
  const known = await core.withTransaction((tx) =>
    core.admissions.beginGeneration(tx, queueId, core.clock.nowMs()),
  );
  // After a loss, promotion must wait, because buyers of the earlier generation may return, even
  // when none of them was ever admitted. A queue that was never used admits its first buyers
  // immediately.
  const wasLost = known.generation > 1 || known.lastSequence > 0;
  const quietMs = wasLost ? core.config.queue.pollAfterMaxMs + QUIET_MARGIN_MS : 0;
  const { settings, settingsVersion, epoch } = record;
  const rebuild = { ...known, settings, settingsVersion, epoch, quietMs };
  const { generationStartedUs } = await core.queue.rebuild(queueId, rebuild);
  core.log.info(
    {
      event: "queue.rebuilt",
      queueId,
      generation: known.generation,
      generationStartedUs,
      active: known.active.length,
      quietMs,
    },
    "Rebuilt the Redis state of a queue from MySQL",
  );
}

function isMissing(answer: object): answer is QueueMissing {
  return "status" in answer && answer.status === "MISSING";
}
