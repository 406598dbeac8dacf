import { type Chooser, type Owner, Scheduler } from "../../../src/virtual/scheduler.ts";

/** Length of each step of the rig, ms; exact in binary. */
export const STEP_MS = 0.25;
const STEPS_MAX = 10_000;

export const alive: Owner = { isAlive: true };

/** An owner that can crash. */
export function mortal(): { isAlive: boolean } {
  return { isAlive: true };
}

export interface SchedulerRig {
  readonly scheduler: Scheduler;
  /** The number of ready operations at each choice. */
  readonly counts: readonly number[];
  /** Runs until no operation is left. */
  runOut(): Promise<void>;
}

/** A scheduler that continues the oldest operation, unless a chooser is given. */
export function schedulerRig(choose: (count: number) => number = () => 0): SchedulerRig {
  const counts: number[] = [];
  const chooser: Chooser = {
    choose(count) {
      counts.push(count);
      return choose(count);
    },
    stepMs: () => STEP_MS,
  };
  const scheduler = new Scheduler(chooser);
  return {
    scheduler,
    counts,
    async runOut() {
      await scheduler.run(() => false, STEPS_MAX);
    },
  };
}
