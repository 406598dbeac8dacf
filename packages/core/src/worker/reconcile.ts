import { checkInvariants } from "../invariants/checkInvariants.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { CoarseJob } from "./runScheduledJob.ts";

/**
 * Most of the time is left to the sale: without pauses, holds beside the check took several times
 * as long.
 */
const SHARE = 0.2;

/** Checks the invariants of the stored data, and logs an error for each violated one. */
export const reconcile: CoarseJob<
  Pick<CoreContext, "config" | "invariantReader" | "metrics" | "log">
> = {
  name: "reconciliation",
  cron: "17 * * * *",
  leaseMs: 30 * 60 * 1000,
  async run(core) {
    const { results } = await checkInvariants(core, { share: SHARE });
    for (const { id, title, holds, violationCount, violations } of results) {
      core.metrics.gauge("invariant_violations", violationCount, { invariant: id });
      if (holds) continue;
      core.log.error(
        { event: "invariant.violated", invariant: id, title, violationCount, violations },
        "Reconciliation found that stored data violates an invariant",
      );
    }
  },
};
