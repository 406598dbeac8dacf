import { type CheckedRun, checkRun, unfinishedWork } from "./checkers.ts";
import type { Faults } from "./faults.ts";
import type { ProcessTable } from "./processTable.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Stalls } from "./stalls.ts";
import type { Violation } from "./violations.ts";

/**
 * Buyers come, and servers fail, within this and the time that the waiting room takes to let all of
 * them in; what is left is finished in calm profile.
 */
const SAFETY_MS_MAX = 60_000;
/** The longest pause of anything that goes on by itself, several times, and so again. */
const LIVENESS_MS_MAX = 90_000;
/** How often the checks looks whether all is at rest. */
const LOOK_MS = 700;
/** More than any sale takes that the flags allow: who passes it runs in a circle. */
const STEPS_MAX = 1_000_000;

export interface Trial {
  readonly scheduler: Scheduler;
  readonly stalls: Stalls;
  readonly faults: Faults;
  readonly processes: ProcessTable;
  readonly checks: CheckedRun;
  /** How long the waiting room takes to let everybody in, ms. */
  readonly paceMs: number;
}

/** Lets the run run: first with faults, then without, until all is at rest; then judges. */
export async function runAndCheck(trial: Trial): Promise<readonly Violation[]> {
  let isOver = false;
  const settled = Promise.allSettled([watch(trial)]).finally(() => {
    isOver = true;
  });
  const end = await trial.scheduler.run(() => isOver, STEPS_MAX);
  if (end !== "over") {
    const message =
      end === "stuck"
        ? "nobody could go on any more"
        : `nothing came to rest within ${STEPS_MAX} steps`;
    return [{ check: "liveness", message, ids: {} }];
  }
  const [verdict] = await settled;
  if (verdict.status === "rejected") throw verdict.reason;
  return verdict.value;
}

async function watch(trial: Trial): Promise<readonly Violation[]> {
  const { scheduler, stalls, faults, processes, checks, paceMs } = trial;
  const until = async (ms: number, isDone: () => Promise<boolean>): Promise<void> => {
    const endMs = scheduler.elapsedMs + ms;
    while (scheduler.elapsedMs < endMs && !(await isDone())) {
      await scheduler.sleep(stalls.owner, LOOK_MS);
    }
  };
  await until(SAFETY_MS_MAX + paceMs, async () => checks.clients.underWay() === 0);
  faults.stop();
  stalls.endAll();
  processes.reviveAll();
  await until(LIVENESS_MS_MAX + paceMs, async () => (await unfinishedWork(checks)).length === 0);
  const left = await unfinishedWork(checks);
  return [
    ...left.map((message) => ({ check: "liveness" as const, message, ids: {} })),
    ...(await checkRun(checks)),
  ];
}
