import type { CoreContext } from "../ports/coreContext.ts";
import type { PromotionResult } from "../ports/queueStore.ts";
import { requireQueue } from "./knownQueues.ts";
import { placeStates } from "./placeStates.ts";
import { askSeeded } from "./seedQueue.ts";

/** So many moved in one script hold the queue's memory for about 2 ms; everybody waits so long. */
const PROMOTION_BATCH_MAX = 500;

type Batch = Pick<PromotionResult, "promoted" | "ended" | "journal">;

/** For each context and queue, the one batch that moved but is not in the database yet. */
const unrecorded = new WeakMap<CoreContext, Map<string, Batch>>();

/**
 * Ends overdue admissions and lets the head of the line into the free slots, then records both in
 * the database. What could not be recorded is tried again by the next call before anybody else
 * moves; should this process die, the queue's memory hands it to another promoter. Any number of
 * promoters may run.
 * @throws QueueNotFoundError, DependencyUnavailableError
 */
export async function promoteWaiting(
  core: CoreContext,
  { queueId }: { queueId: string },
): Promise<{ promoted: number; waiting: number; active: number }> {
  await requireQueue(core, queueId);
  const batches = unrecorded.get(core) ?? new Map<string, Batch>();
  unrecorded.set(core, batches);

  const left = batches.get(queueId);
  if (left) await record(core, queueId, left);
  batches.delete(queueId);

  const result = await askSeeded(core, queueId, () =>
    core.queue.promote(queueId, PROMOTION_BATCH_MAX),
  );
  batches.set(queueId, result);
  await record(core, queueId, result);
  batches.delete(queueId);

  const { movedCount: promoted, waitingCount: waiting, activeCount: active } = result;
  core.metrics.gauge("queue_waiting", waiting, { queue: queueId });
  core.metrics.gauge("queue_active", active, { queue: queueId });
  if (promoted > 0) core.metrics.count("queue_admissions", { queue: queueId }, promoted);
  return { promoted, waiting, active };
}

async function record(core: CoreContext, queueId: string, batch: Batch): Promise<void> {
  const { promoted, ended, journal } = batch;
  if (promoted.length === 0 && ended.length === 0) return;
  for (const { reason } of ended) placeStates.requireMove("ACTIVE", reason);
  await core.withTransaction(async (tx) => {
    if (promoted.length > 0) await core.admissions.recordPromotions(tx, queueId, promoted);
    if (ended.length > 0) await core.admissions.recordEnds(tx, queueId, ended);
  });
  await core.queue.settle(queueId, journal);
}
