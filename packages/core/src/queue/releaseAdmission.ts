import type { CoreContext } from "../ports/coreContext.ts";
import { CoreError } from "../shared/errors.ts";
import { askWithRebuild } from "./rebuildQueue.ts";

export interface ReleaseAdmissionInput {
  readonly queueId: string;
  readonly userId: number;
  readonly reason: "PAID" | "LEFT";
  /** The sequence in the buyer's token; an admission of a later place does not end. */
  readonly sequence?: number | undefined;
}

/**
 * Ends an admission that its buyer no longer needs, so that the slot becomes free. The next
 * promotion records the end in MySQL. When a server does not answer, this function logs a warning
 * and does not throw, because the admission also ends when its time is up.
 */
export async function releaseAdmission(
  core: CoreContext,
  { queueId, userId, reason, sequence }: ReleaseAdmissionInput,
): Promise<void> {
  try {
    await askWithRebuild(core, queueId, () => core.queue.leave(queueId, userId, reason, sequence));
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    core.log.warn(
      { event: "queue.admission_not_released", queueId, userId, reason, code: error.code },
      "Could not end an admission; it ends when its time is up",
    );
  }
}
