import { backgroundLoop, type CoreContext } from "@onsale/core";
import type { ApiActivity } from "./apiActivity.ts";
import { loopDelay } from "./loopDelay.ts";

/*
 * Reports of the load
 *
 * Problem: an API process can be overloaded while MySQL and Redis are not. Its event loop is late,
 * or its requests wait for the few connections of its pool. `onsale doctor` asks only the servers,
 * which answer quickly, so it would find nothing while buyers get 503.
 *
 * So each process that serves requests reports its load once a second in Redis, which needs no
 * connection of the pool. Readers: doctor (diagnosis/loadFindings.ts and apiFindings.ts in core),
 * the readings of the runbook overload, and the condition `holds.p95` of a bulk change. A reader
 * adds up the reports of all processes.
 *
 *   started -> live       the first report, with hardly any figures
 *   live -> gone          the process stops cleanly, and removes its report
 *   live -> silent        the process died, is frozen, or does not reach Redis
 *   silent -> forgotten   Redis deletes the report after REPORT_KEEP_MS
 *
 * A process that starts again under the same name replaces its earlier report.
 *
 * Failures:
 * - Redis does not answer: the report is skipped, and doctor reports Redis. No request waits for a
 *   report, and the stop waits at most for the time limit of a Redis command.
 * - Redis lost its state: a live process reports again within a second; a dead one is forgotten.
 * - The event loop is late: the report is late too, and says how long its window was.
 *
 * Not promised: that a figure is of this moment. It is as old as its report.
 */

const REPORT_EVERY_MS = 1_000;
/** An operator has this time to see a dead process. Supervisors replace one within minutes. */
const REPORT_KEEP_MS = 3_600_000;

/** The reports of a process. */
export interface LoadReports {
  /** Removes the report, because the process stops and did not die. */
  stop(): Promise<void>;
}

type Core = Pick<CoreContext, "apiLoads" | "clock" | "log" | "poolUse" | "processName">;

/** Starts to report the load of this process. */
export function reportLoad(core: Core, activity: Pick<ApiActivity, "take">): LoadReports {
  const { clock, processName } = core;
  const startedMs = clock.monotonicMs();
  const delay = loopDelay(clock);
  const loop = backgroundLoop({
    ...{ name: "load-reports", clock, idleMs: REPORT_EVERY_MS, failureMs: REPORT_EVERY_MS },
    async runOnce() {
      const uptimeMs = clock.monotonicMs() - startedMs;
      const figures = { ...activity.take(), pool: core.poolUse(), loopDelayMs: delay.takeMs() };
      await core.apiLoads.report({ processName, uptimeMs, ...figures }, REPORT_KEEP_MS);
      return false;
    },
    // The health of Redis is reported elsewhere.
    onError: () => undefined,
  });
  loop.start();
  return {
    async stop() {
      delay.stop();
      // A report after the removal would remain.
      await loop.stop();
      await core.apiLoads.remove(processName).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        core.log.warn({ event: "api.report_not_removed", reason }, NOT_REMOVED);
      });
    },
  };
}

const NOT_REMOVED =
  "Could not remove the report of this process; `onsale doctor` shows the process for an hour";
