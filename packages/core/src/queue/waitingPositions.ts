import type { CoreContext } from "../ports/coreContext.ts";
import type { LinePositions } from "../ports/queueStore.ts";
import { requireQueue } from "./knownQueues.ts";
import { askWithRebuild } from "./rebuildQueue.ts";

/**
 * Maximum number of users in one call. Redis needs about 1 ms for so many, and other calls wait
 * during this time.
 */
export const POSITIONS_MAX = 500;

/**
 * Returns the positions of waiting users with one call to Redis. Activates no admission.
 * @param userIds at most `POSITIONS_MAX`
 * @returns the positions in the order of `userIds`; 0 for a user who is not waiting, or whose place
 *   Redis lost
 * @throws QueueNotFoundError
 * @throws DependencyUnavailableError while Redis does not answer
 */
export async function waitingPositions(
  core: CoreContext,
  queueId: string,
  userIds: readonly number[],
): Promise<LinePositions> {
  await requireQueue(core, queueId);
  return askWithRebuild(core, queueId, () => core.queue.positions(queueId, userIds));
}
