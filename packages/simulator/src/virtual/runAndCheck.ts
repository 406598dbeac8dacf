import { type CheckedRun, checkRun, unfinishedWork } from "./checkers.ts";
import type { RunPlan } from "./runPlan.ts";
import type { Violation } from "./violations.ts";
import type { Network } from "./virtualLink.ts";

/**
 * The longest phase with faults, ms, without the time that the waiting room needs for all buyers.
 */
const SAFETY_MS_MAX = 60_000;
/**
 * The longest phase without faults, ms: several times the longest pause of any loop, lease or
 * retry.
 */
const LIVENESS_MS_MAX = 90_000;
/** Pause between two checks whether the run has finished its work, ms of virtual time. */
const LOOK_MS = 700;
/**
 * Maximum number of steps. Every sale that the flags allow needs fewer; a run with more makes no
 * progress.
 */
const STEPS_MAX = 1_000_000;

/**
 * Runs a sale: first with faults, then without them until its work is finished. Then checks the
 * sale.
 */
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
  const { exercise } = run;
  const moreMs = exercise?.longestMs ?? 0;
  const isSaleOver = () => run.clients.underWay() === 0 && (exercise?.isDone() ?? true);
  await until(SAFETY_MS_MAX + paceMs + moreMs, async () => isSaleOver());
  faults.stop();
  stalls.endAll();
  run.reviveAll();
  await until(
    LIVENESS_MS_MAX + paceMs + moreMs,
    async () => (await unfinishedWork(run)).length === 0,
  );
  const left = await unfinishedWork(run);
  return [
    ...left.map((message) => ({ check: "liveness" as const, message, ids: {} })),
    ...((await exercise?.check()) ?? []),
    ...(await checkRun(run, isCalm)),
  ];
}
