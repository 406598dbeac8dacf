import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueMissing } from "../ports/queueStore.ts";
import { DependencyUnavailableError } from "../shared/errors.ts";
import { QueueNotFoundError } from "./errors.ts";

/** Travel time of the poll that a waiting client sends at the last moment of its interval. */
const QUIET_MARGIN_MS = 1000;

/**
 * Gives the fast memory what the database knows: the policy, the admissions that are out and the
 * admissions of the last minute. After a loss promotion then rests for one poll interval, so that
 * those ahead are back before anybody is promoted. One rebuild at a time for each queue and
 * process.
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
 * Asks the fast memory; when it has lost the queue, rebuilds it and asks once more.
 * @throws DependencyUnavailableError when it is lost again at once
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
  // What was rebuilt before has been lost, and whoever stood in it may come back, also when nobody
  // was ever let in; a fresh queue lets its first buyers in at once.
  const wasLost = known.generation > 1 || known.lastSequence > 0;
  const quietMs = wasLost ? core.config.queue.pollAfterMaxMs + QUIET_MARGIN_MS : 0;
  const rebuild = { ...known, settings: record.settings, quietMs };
  const { generationStartedUs } = await core.queue.rebuild(queueId, rebuild);
  core.log.info(
    {
      queueId,
      generation: known.generation,
      generationStartedUs,
      active: known.active.length,
      quietMs,
    },
    "the waiting room was rebuilt from the database",
  );
}

function isMissing(answer: object): answer is QueueMissing {
  return "status" in answer && answer.status === "MISSING";
}
