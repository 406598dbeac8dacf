import type { CoreContext } from "../ports/coreContext.ts";
import { requireQueue } from "./knownQueues.ts";
import { askWithRebuild } from "./rebuildQueue.ts";

/**
 * Ends the user's place, waiting or active; the slot of an active user becomes free at once. A
 * second call changes nothing.
 * @throws QueueNotFoundError, DependencyUnavailableError
 */
export async function leaveQueue(
  core: CoreContext,
  { queueId, userId }: { queueId: string; userId: number },
): Promise<void> {
  await requireQueue(core, queueId);
  await askWithRebuild(core, queueId, () => core.queue.leave(queueId, userId, "LEFT"));
}
