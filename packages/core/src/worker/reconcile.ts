import { checkInvariants } from "../invariants/checkInvariants.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { CoarseJob } from "./runScheduledJob.ts";

/**
 * Most of the time is left to the sale: without pauses, holds beside the check took several times
 * as long.
 */
const SHARE = 0.2;

/**
 * Checks the invariants of the stored data, logs an error for each violated one, and stores the
 * result for operators.
 */
export const reconcile: CoarseJob<
  Pick<CoreContext, "clock" | "config" | "invariantChecks" | "invariantReader" | "metrics" | "log">
> = {
  name: "reconciliation",
  cron: "17 * * * *",
  leaseMs: 30 * 60 * 1000,
  async run(core) {
    const startMs = core.clock.monotonicMs();
    const report = await checkInvariants(core, { share: SHARE });
    await core.invariantChecks.save(report, core.clock.monotonicMs() - startMs);
    for (const { id, title, holds, violationCount, violations } of report.results) {
      core.metrics.gauge("invariant_violations", { invariant: id }, violationCount);
      if (holds) continue;
      core.log.error(
        { event: "invariant.violated", invariant: id, title, violationCount, violations },
        "Reconciliation found that stored data violates an invariant",
      );
    }
    noteCheck(core, "invariants");
  },
};

/**
 * Notes the end of an hourly check. Each check runs in one worker, and the gauges of a worker keep
 * what its last check found. The time says which worker made the latest check.
 */
export function noteCheck(
  { clock, metrics }: Pick<CoreContext, "clock" | "metrics">,
  check: "invariants" | "sales",
): void {
  metrics.gauge("checked_timestamp_seconds", { check }, clock.nowMs() / 1000);
}
