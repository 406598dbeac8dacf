import type { CoreContext } from "../ports/coreContext.ts";
import { addDurations, countDurations, durationPercentileMs } from "../shared/durationCounts.ts";
import { liveApis } from "./liveApis.ts";

/** How long the new holds of all live API processes took, in the last window of each. */
export interface HoldDurations {
  /** Live processes, including those without a hold. */
  readonly processes: number;
  readonly accepted: number;
  readonly refused: number;
  /** The 95th percentile of all accepted holds together, ms; undefined when there is none. */
  readonly p95Ms: number | undefined;
}

/**
 * Adds up the holds of the live API processes. Refused holds are counted apart and have no part in
 * the percentile: a refusal is fast, and many refusals would hide that the holds are slow.
 * @throws DependencyUnavailableError when Redis does not answer
 */
export async function readHolds(core: Pick<CoreContext, "apiLoads">): Promise<HoldDurations> {
  const live = await liveApis(core);
  const accepted = addDurations(live.map(({ holds }) => holds.accepted));
  return {
    processes: live.length,
    accepted: countDurations(accepted),
    refused: live.reduce((sum, { holds }) => sum + holds.refused, 0),
    p95Ms: durationPercentileMs(accepted, 0.95),
  };
}
