import type { CoreContext } from "../ports/coreContext.ts";
import { checkSales, hasDrifted } from "../sales/checkSales.ts";
import { noteCheck } from "./reconcile.ts";
import type { CoarseJob } from "./runScheduledJob.ts";

/** Most of the time is left to the sale, as by the check of the invariants. */
const SHARE = 0.2;

/** Compares the sales projection with the reservations, and logs an error when it has drifted. */
export const reconcileSales: CoarseJob<
  Pick<CoreContext, "clock" | "config" | "consumerLag" | "sales" | "metrics" | "log">
> = {
  name: "sales-reconciliation",
  cron: "17 * * * *",
  leaseMs: 30 * 60 * 1000,
  async run(core) {
    const report = await checkSales(core, { share: SHARE });
    const { wrongCount, wrong, wrongSumCount, sums } = report;
    core.metrics.gauge("sales_drift_reservations", {}, wrongCount);
    core.metrics.gauge("sales_drift_performances", {}, wrongSumCount);
    noteCheck(core, "sales");
    if (!hasDrifted(report)) return;
    core.log.error(
      { event: "sales.drifted", wrongCount, wrong, wrongSumCount, sums },
      "The sales projection differs from the reservations; `onsale sales rebuild` restores it",
    );
  },
};
