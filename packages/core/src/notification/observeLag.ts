import type { CoreContext } from "../ports/coreContext.ts";
import { DependencyUnavailableError } from "../shared/errors.ts";
import { consumerLag } from "./consumerLag.ts";

/**
 * Writes the lag of each consumer to a gauge, under the same name as the other metrics of the
 * consumer, so that an alert can compare them. While the broker does not answer, the gauge keeps
 * its last value; the age of the oldest pending message grows then.
 */
export async function observeLag(
  core: Pick<CoreContext, "config" | "consumerLag" | "metrics">,
): Promise<void> {
  try {
    for (const { consumer, partitions } of await consumerLag(core)) {
      const messages = partitions.reduce((sum, { lag }) => sum + lag, 0);
      core.metrics.gauge("consumer_lag_messages", { consumer }, messages);
    }
  } catch (error) {
    if (!(error instanceof DependencyUnavailableError)) throw error;
  }
}
