import type { CoreContext } from "../ports/coreContext.ts";
import type { PromotionBatch } from "../ports/queueState.ts";
import type { PromotionBounds } from "../ports/queueStore.ts";
import { requireQueue } from "./knownQueues.ts";
import { placeStates } from "./placeStates.ts";
import { askWithRebuild, rebuildQueue } from "./rebuildQueue.ts";
import { repeatSettings } from "./repeatSettings.ts";

/** Redis needs about 2 ms to promote so many users, and other calls wait during this time. */
const PROMOTION_BATCH_MAX = 500;

export interface PromoteWaitingInput {
  readonly queueId: string;
  /** Maximum number of users that this call admits. */
  readonly max?: number | undefined;
  /** Bounds of an operator's promotion. */
  readonly bounds?: PromotionBounds | undefined;
}

/**
 * Ends overdue admissions, admits the head of the queue into the free slots, and records both in
 * MySQL. Any number of processes may promote the same queue. Sends the settings of MySQL to Redis
 * when Redis has earlier ones.
 *
 * Redis decides and MySQL records, in this order: Redis moves a batch and keeps it as unrecorded;
 * MySQL records the batch in one transaction; Redis removes it (`settle`). What happens on
 * failures:
 * 1. MySQL does not record the batch: this process keeps the batch, and its next call records it
 *    before it promotes any other user.
 * 2. This process dies: after a second Redis returns the batch to the next promoter, and admits no
 *    other user until the batch is recorded. Recording twice changes nothing.
 * 3. MySQL has recorded the batch, but `settle` fails: as in 2, Redis returns the batch again.
 * 4. Redis lost the queue before MySQL recorded the batch: the rebuild starts a new generation, and
 *    MySQL refuses the batch. This process drops the batch. Its buyers have no row in MySQL, so
 *    their tokens restore their places.
 * @throws QueueNotFoundError, DependencyUnavailableError
 *
 */
export async function promoteWaiting(
  core: CoreContext,
  { queueId, max = PROMOTION_BATCH_MAX, bounds }: PromoteWaitingInput,
): Promise<{ promoted: number; waiting: number; active: number }> {
  const { settingsVersion, epoch } = await requireQueue(core, queueId);
  const { unrecorded } = core.queueState;
  const left = unrecorded.get(queueId);
  if (left) await record(core, queueId, left);
  unrecorded.delete(queueId);

  const result = await askWithRebuild(core, queueId, () =>
    core.queue.promote(queueId, Math.min(max, PROMOTION_BATCH_MAX), bounds),
  );
  unrecorded.set(queueId, result);
  await record(core, queueId, result);
  unrecorded.delete(queueId);
  if (result.settingsVersion < settingsVersion) await repeatSettings(core, queueId);
  if (result.epoch < epoch) await core.queue.keepEpoch(queueId, epoch);

  const { movedCount: promoted, waitingCount: waiting, activeCount: active } = result;
  core.metrics.gauge("queue_waiting", { queue: queueId }, waiting);
  core.metrics.gauge("queue_active", { queue: queueId }, active);
  if (promoted > 0) core.metrics.count("queue_admissions_total", { queue: queueId }, promoted);
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
  core.metrics.count("queue_promotions_dropped_total", { queue: queueId }, promoted.length);
  core.log.warn(
    { event: "queue.admissions_dropped", queueId, generation, admissions: promoted.length },
    "Dropped admissions of an earlier generation; their buyers return to their places",
  );
  // MySQL's generation can be newer although Redis lost nothing: a process counted a generation in
  // MySQL and died before it called Redis. The rebuild then gives Redis the new number, and Redis
  // returns the admissions again.
  await rebuildQueue(core, queueId);
}
