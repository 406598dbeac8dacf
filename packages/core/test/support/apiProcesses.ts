import type { ApiLoad } from "../../src/ports/apiLoad.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";

/** A report of an API process that has no request. */
export const IDLE_API: ApiLoad = {
  ...{ processName: "sale-1:1", uptimeMs: 60_000, windowMs: 1_000 },
  ...{ inFlight: 0, inFlightMax: 512, loopDelayMs: 1 },
  pool: { inUse: 0, waiting: 0, max: 16 },
  ...{ answered: 0, overloaded: 0, unavailable: 0 },
  holds: { windowMs: 10_000, accepted: {}, refused: 0 },
};

const HOUR_MS = 3_600_000;

/** Reports an API process, as the process itself does it every second. */
export async function reportApi(
  core: Pick<CoreContext, "apiLoads">,
  load: Partial<ApiLoad>,
): Promise<void> {
  await core.apiLoads.report({ ...IDLE_API, ...load }, HOUR_MS);
}
