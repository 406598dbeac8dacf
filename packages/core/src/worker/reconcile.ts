import { checkInvariants } from "../invariants/checkInvariants.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { CoarseJob } from "./runScheduledJob.ts";

/** Compares what the tables say of each other, and raises the alarm when they disagree. */
export const reconcile: CoarseJob<
  Pick<CoreContext, "config" | "invariantReader" | "metrics" | "log">
> = {
  name: "reconciliation",
  cron: "17 * * * *",
  leaseMs: 30 * 60 * 1000,
  async run(core) {
    const { results } = await checkInvariants(core);
    for (const { id, title, holds, violationCount, violations } of results) {
      core.metrics.gauge("invariant_violations", violationCount, { invariant: id });
      if (holds) continue;
      core.log.error({ invariant: id, violationCount, violations }, `Violated: ${title}`);
    }
  },
};
