import { type CheckedRun, checkRun, unfinishedWork } from "./checkers.ts";
import type { RunPlan } from "./runPlan.ts";
import type { Violation } from "./violations.ts";
import type { Network } from "./virtualLink.ts";

/** The longest time with faults, plus the time that the waiting room needs for all buyers. */
const SAFETY_MS_MAX = 60_000;
/** Several times the longest pause of any loop, lease or retry. */
const LIVENESS_MS_MAX = 90_000;
/** Steps between two checks whether the work of the run is finished. */
const LOOK_MS = 700;
/** More steps than any sale that the flags allow needs; a run with more makes no progress. */
const STEPS_MAX = 1_000_000;

/** Runs a sale, first with faults, then without them until its work is finished; then checks it. */
export async function runAndCheck(
  plan: RunPlan,
  network: Network,
  run: CheckedRun,
): Promise<readonly Violation[]> {
  let isOver = false;
  const settled = Promise.allSettled([runPhases(plan, network, run)]).finally(() => {
    isOver = true;
  });
  const end = await network.scheduler.run(() => isOver, STEPS_MAX);
  if (end !== "over") {
    const message =
      end === "stuck" ? "no step was left to take" : `the work took more than ${STEPS_MAX} steps`;
    return [{ check: "liveness", message, ids: {} }];
  }
  const [checked] = await settled;
  if (checked.status === "rejected") throw checked.reason;
  return checked.value;
}

async function runPhases(
  { paceMs, isCalm }: RunPlan,
  { scheduler, stalls, faults }: Network,
  run: CheckedRun,
): Promise<readonly Violation[]> {
  const until = async (ms: number, isDone: () => Promise<boolean>): Promise<void> => {
    const endMs = scheduler.elapsedMs + ms;
    while (scheduler.elapsedMs < endMs && !(await isDone())) {
      await scheduler.sleep(stalls.owner, LOOK_MS);
    }
  };
  await until(SAFETY_MS_MAX + paceMs, async () => run.clients.underWay() === 0);
  faults.stop();
  stalls.endAll();
  run.reviveAll();
  await until(LIVENESS_MS_MAX + paceMs, async () => (await unfinishedWork(run)).length === 0);
  const left = await unfinishedWork(run);
  return [
    ...left.map((message) => ({ check: "liveness" as const, message, ids: {} })),
    ...(await checkRun(run, isCalm)),
  ];
}
