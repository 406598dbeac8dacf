import { type Chooser, type Owner, Scheduler } from "../../../src/virtual/scheduler.ts";

/** What each step of the rig takes, ms; exact in binary. */
export const STEP_MS = 0.25;
const STEPS_MAX = 10_000;

export const alive: Owner = { isAlive: true };

/** Somebody who can die. */
export function mortal(): { isAlive: boolean } {
  return { isAlive: true };
}

export interface SchedulerRig {
  readonly scheduler: Scheduler;
  /** Between how many there was a choice, each time. */
  readonly counts: readonly number[];
  /** Runs until nobody can go on. */
  runOut(): Promise<void>;
}

/** A scheduler on which who came first goes first, unless told otherwise. */
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
