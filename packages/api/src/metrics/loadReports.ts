import { type BackgroundLoop, backgroundLoop, type CoreContext } from "@onsale/core";
import type { WorkBound } from "../middlewares/inFlight.ts";
import { loopDelay } from "./loopDelay.ts";

/*
 * Reports of the load
 *
 * Problem: an API process can be overloaded while MySQL and Redis are not. Its event loop is late,
 * or its requests wait for the few connections of its pool. `onsale doctor` asks only the servers,
 * which answer quickly, so it would find nothing while buyers get 503.
 *
 * So each process that serves requests reports its load once a second in Redis, which needs no
 * connection of the pool. Doctor reads the reports (diagnosis/loadFindings.ts in core).
 *
 * Failures:
 * - The process dies or hangs: its report is gone after REPORT_TTL_MS.
 * - Redis does not answer: the report is skipped, and doctor reports Redis.
 *
 * Not promised: that a process that hangs is found by its report. Probes find it.
 */

const REPORT_EVERY_MS = 1_000;
/** Some reports of a busy process may be late. */
const REPORT_TTL_MS = 5_000;

/** Starts to report the load of this process, until `stop`, which removes the report. */
export function reportLoad(
  core: CoreContext,
  bound: Pick<WorkBound, "count" | "max">,
): Pick<BackgroundLoop, "stop"> {
  const { processName } = core;
  const delay = loopDelay(core.clock);
  const loop = backgroundLoop({
    ...{ name: "load-reports", clock: core.clock },
    ...{ idleMs: REPORT_EVERY_MS, failureMs: REPORT_EVERY_MS },
    async runOnce() {
      const loopDelayMs = Math.round(delay.takeMs());
      const requests = { inFlight: bound.count(), inFlightMax: bound.max };
      const load = { processName, ...requests, pool: core.poolUse(), loopDelayMs };
      await core.apiLoads.report(load, REPORT_TTL_MS);
      return false;
    },
    // The health of Redis is reported elsewhere.
    onError: () => undefined,
  });
  loop.start();
  return {
    async stop() {
      delay.stop();
      await loop.stop();
      await core.apiLoads.remove(processName).catch(() => undefined);
    },
  };
}
