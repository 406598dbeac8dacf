import type { CoreContext } from "../../ports/coreContext.ts";
import { secondsText } from "../../shared/secondsText.ts";
import { isAlive } from "../../shared/signOfLife.ts";
import type { Check, Figure } from "../runbook.ts";

/** A loop that works completes an iteration within a second; the heartbeat adds two. */
const ITERATION_MS_MAX = 10_000;
/** A loop that works completes an iteration in this time, and a heartbeat reports it. */
const LOOK_MS_MAX = 4_000;
const LOOK_AGAIN_MS = 500;

export const liveWorkersFigure: Figure = {
  name: "live workers",
  unit: "processes",
  async read({ core }) {
    const workers = await core.workers.list();
    return workers.filter(isAlive).length;
  },
  bound: { below: 1 },
  meaning: "No worker runs, so nothing promotes, publishes or ends holds.",
};

/**
 * The condition that a loop of a live worker completes iterations. One look cannot show this: the
 * last iteration is recent too when the loop hung a moment ago, and a new worker counts its start
 * as an iteration. So the check looks repeatedly, until one of the workers of the first look has
 * completed another iteration.
 */
export function loopRuns(loop: string): Check {
  return {
    claim: `the \`${loop}\` loop of a live worker makes progress`,
    async look({ core }) {
      const first = await iterationAges(core, loop);
      const youngest = Math.min(...first.values());
      if (first.size === 0) return { holds: false, read: "no live worker has this loop" };
      if (youngest > ITERATION_MS_MAX) return { holds: false, read: lastIteration(youngest) };
      const firstLookMs = core.clock.monotonicMs();
      for (;;) {
        await core.clock.sleep(LOOK_AGAIN_MS);
        const again = [...(await iterationAges(core, loop))].filter(([id]) => first.has(id));
        const ageMs = Math.min(...again.map(([, age]) => age));
        const lookedMs = core.clock.monotonicMs() - firstLookMs;
        if (ageMs < lookedMs) return { holds: true, read: lastIteration(ageMs) };
        if (lookedMs < LOOK_MS_MAX) continue;
        const read = again.length === 0 ? "its worker has just died" : lastIteration(ageMs);
        return { holds: false, read };
      }
    },
  };
}

const lastIteration = (ageMs: number): string => `last iteration ${secondsText(ageMs)} ago`;

/** Time since the last iteration of the loop in any worker. */
export function loopAgeFigure(loop: string, meaning: string): Figure {
  return {
    name: `last iteration of the \`${loop}\` loop`,
    unit: "ms ago",
    read: ({ core }) => iterationAgeMs(core, loop),
    bound: { above: ITERATION_MS_MAX },
    meaning,
  };
}

async function iterationAgeMs(core: CoreContext, loop: string): Promise<number | undefined> {
  const ages = await iterationAges(core, loop);
  return ages.size === 0 ? undefined : Math.round(Math.min(...ages.values()));
}

/** Time since the last iteration of the loop in each live worker, by the worker's id. */
async function iterationAges(core: CoreContext, loop: string): Promise<Map<string, number>> {
  const workers = await core.workers.list();
  return new Map(
    workers
      .filter(isAlive)
      .flatMap(({ id, loops, silentMs }) =>
        loops[loop] === undefined ? [] : [[id, loops[loop] + silentMs] as const],
      ),
  );
}

/** The condition that every worker was replaced during this run. */
export const everyWorkerIsNew: Check = {
  claim: "every live worker has started after the plan of this run",
  async look({ core, jobId }) {
    const job = jobId === undefined ? undefined : await core.operations.findJob(null, jobId);
    if (!job) return { holds: false, read: "no run has begun" };
    const alive = (await core.workers.list()).filter(isAlive);
    const old = alive.filter(({ startedAt }) => startedAt <= job.plannedAt);
    const names = old.map(({ processName }) => processName).join(", ");
    const read = `${alive.length} live workers, ${old.length} old${names && `: ${names}`}`;
    return { holds: alive.length > 0 && old.length === 0, read };
  },
};
