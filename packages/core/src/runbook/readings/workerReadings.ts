import { SILENT_MS_MAX } from "../../diagnosis/workerFindings.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { Check, Figure } from "../runbook.ts";

/** A loop that works completes an iteration within a second; the heartbeat adds two. */
const ITERATION_MS_MAX = 10_000;

export const liveWorkersFigure: Figure = {
  name: "live workers",
  unit: "processes",
  async read({ core }) {
    const workers = await core.workers.list();
    return workers.filter(({ silentMs }) => silentMs <= SILENT_MS_MAX).length;
  },
  bound: { below: 1 },
  meaning: "No worker runs, so nothing promotes, publishes or ends holds.",
};

/** A loop of a live worker has completed an iteration a moment ago. */
export function loopRuns(loop: string): Check {
  return {
    claim: `the loop ${loop} of a live worker makes progress`,
    async look({ core }) {
      const ageMs = await iterationAgeMs(core, loop);
      if (ageMs === undefined) return { holds: false, read: "no live worker has this loop" };
      const read = `last iteration ${Math.round(ageMs / 1000)} s ago`;
      return { holds: ageMs <= ITERATION_MS_MAX, read };
    },
  };
}

/** Time since the last iteration of the loop in any worker. */
export function loopAgeFigure(loop: string, meaning: string): Figure {
  return {
    name: `last iteration of the loop ${loop}`,
    unit: "ms ago",
    read: ({ core }) => iterationAgeMs(core, loop),
    bound: { above: ITERATION_MS_MAX },
    meaning,
  };
}

async function iterationAgeMs(core: CoreContext, loop: string): Promise<number | undefined> {
  const workers = await core.workers.list();
  const ages = workers
    .filter(({ silentMs }) => silentMs <= SILENT_MS_MAX)
    .flatMap(({ loops, silentMs }) => (loops[loop] === undefined ? [] : [loops[loop] + silentMs]));
  return ages.length === 0 ? undefined : Math.round(Math.min(...ages));
}
