import type { CoreContext } from "../ports/coreContext.ts";
import type { PromotionBatch } from "../ports/queueState.ts";
import { requireQueue } from "./knownQueues.ts";
import { placeStates } from "./placeStates.ts";
import { askWithRebuild, rebuildQueue } from "./rebuildQueue.ts";

/** So many moved in one script hold the queue's memory for about 2 ms; everybody waits so long. */
const PROMOTION_BATCH_MAX = 500;

/**
 * Ends overdue admissions and lets the head of the line into the free slots, then records both in
 * the database. What could not be recorded is tried again by the next call before anybody else
 * moves; should this process die, the queue's memory hands it to another promoter. Admissions of a
 * memory that was lost meanwhile are dropped: their buyers take their places again. Any number of
 * promoters may run.
 * @throws QueueNotFoundError, DependencyUnavailableError
 */
export async function promoteWaiting(
  core: CoreContext,
  { queueId }: { queueId: string },
): Promise<{ promoted: number; waiting: number; active: number }> {
  await requireQueue(core, queueId);
  const { unrecorded } = core.queueState;
  const left = unrecorded.get(queueId);
  if (left) await record(core, queueId, left);
  unrecorded.delete(queueId);

  const result = await askWithRebuild(core, queueId, () =>
    core.queue.promote(queueId, PROMOTION_BATCH_MAX),
  );
  unrecorded.set(queueId, result);
  await record(core, queueId, result);
  unrecorded.delete(queueId);

  const { movedCount: promoted, waitingCount: waiting, activeCount: active } = result;
  core.metrics.gauge("queue_waiting", waiting, { queue: queueId });
  core.metrics.gauge("queue_active", active, { queue: queueId });
  if (promoted > 0) core.metrics.count("queue_admissions", { queue: queueId }, promoted);
  return { promoted, waiting, active };
}

async function record(core: CoreContext, queueId: string, batch: PromotionBatch): Promise<void> {
  const { promoted, ended, journal, generation } = batch;
  if (promoted.length === 0 && ended.length === 0) return;
  for (const { reason } of ended) placeStates.requireMove("ACTIVE", reason);
  const isRecorded = await core.withTransaction(async (tx) => {
    const isOfNow =
      promoted.length === 0 ||
      (await core.admissions.recordPromotions(tx, queueId, generation, promoted));
    if (isOfNow && ended.length > 0) await core.admissions.recordEnds(tx, queueId, ended);
    return isOfNow;
  });
  if (isRecorded) {
    await core.queue.settle(queueId, journal);
    return;
  }
  core.metrics.count("queue_promotions_dropped", { queue: queueId }, promoted.length);
  core.log.warn(
    { queueId, generation, promotions: promoted.length },
    "promotions of an earlier generation were dropped; their buyers take their places again",
  );
  // Should the memory stand after all, because whoever counted on died before telling it, it learns
  // the number now and hands the admissions out again.
  await rebuildQueue(core, queueId);
}
