import type { CoreContext } from "../ports/coreContext.ts";
import { CoreError } from "../shared/errors.ts";
import { askWithRebuild } from "./rebuildQueue.ts";

export interface ReleaseAdmissionInput {
  readonly queueId: string;
  readonly userId: number;
  readonly reason: "PAID" | "LEFT";
}

/**
 * Gives an active slot back after its purpose is served. The end reaches the database with the next
 * promotion. Never throws for a server that is away: the slot then ends by itself when its time is
 * up.
 */
export async function releaseAdmission(
  core: CoreContext,
  { queueId, userId, reason }: ReleaseAdmissionInput,
): Promise<void> {
  try {
    await askWithRebuild(core, queueId, () => core.queue.leave(queueId, userId, reason));
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    core.log.warn(
      { queueId, userId, reason, code: error.code },
      "an active slot could not be given back; it ends when its time is up",
    );
  }
}
