import { ConnectionLostError, type ServerLink } from "@onsale/core/memory";
import { randomStreams } from "../../../src/chance/seededRandom.ts";
import { Faults } from "../../../src/virtual/faults.ts";
import { serverStalls } from "../../../src/virtual/stalls.ts";
import { keptTrace, type Trace } from "../../../src/virtual/trace.ts";
import { type LinkOwner, virtualLink } from "../../../src/virtual/virtualLink.ts";
import { scriptedRandom } from "../scriptedRandom.ts";
import { alive, schedulerRig } from "./schedulerRig.ts";

/**
 * The five random numbers that give a call this fault. In their order they decide: whether the call
 * has a fault, the kind of the fault, whether it is long or short, its duration, and the downtime
 * after a crash.
 */
export const FAULTS = {
  "lost-request": [0, 0.1, 1, 0, 0],
  "lost-answer": [0, 0.3, 1, 0, 0],
  "late-request": [0, 0.45, 1, 0.5, 0],
  "slow-request": [0, 0.6, 1, 0.5, 0],
  "slow-answer": [0, 0.75, 1, 0.5, 0],
  "crash-before": [0, 0.85, 1, 0, 0.5],
  "crash-after": [0, 0.95, 1, 0, 0.5],
} as const;
/** Duration of a fault, ms: the middle of 1 to 400, because the numbers above contain 0.5. */
export const FAULT_MS = 201;
/** Downtime after a crash, ms: the middle of 1 to 6,000, because the numbers above contain 0.5. */
export const DOWN_MS = 3_001;

export type Ending =
  | { readonly ends: "never" }
  | { readonly ends: "well"; readonly value: unknown; readonly atMs: number }
  | {
      readonly ends: "badly";
      readonly error: unknown;
      readonly isUnderWay: boolean | undefined;
      readonly atMs: number;
    };

/** How a call ended, after the scheduler had no step left. */
export interface CallOutcome {
  readonly ending: Ending;
  /** The times at which the server did its work, ms. */
  readonly workedAtMs: readonly number[];
}

export interface LinkRig {
  readonly link: ServerLink;
  readonly scheduler: ReturnType<typeof schedulerRig>["scheduler"];
  readonly stalls: ReturnType<typeof serverStalls>;
  readonly trace: Trace;
  readonly end: LinkOwner & { isAlive: boolean };
  /** How long each crash of the process lasts, ms. */
  readonly crashes: readonly number[];
  /** Makes one call of the process, and runs the scheduler until no step is left. */
  call(work?: () => unknown): Promise<CallOutcome>;
}

/**
 * A process with a link to a server.
 * @param fault of the process's first call; none when left out
 * @param arrives below 0.5, calls that the process dropped during a stall are still done later
 */
export function linkRig({
  fault,
  arrives = 1,
}: {
  fault?: keyof typeof FAULTS | undefined;
  arrives?: number;
} = {}): LinkRig {
  const { scheduler, runOut } = schedulerRig();
  const stalls = serverStalls(scheduler, () => scriptedRandom(arrives));
  const trace = keptTrace();
  const profile = {
    callFaultShare: fault ? 0.5 : 0,
    scheduledFaults: 0,
    refusalShare: 0,
    skewMs: 0,
  };
  const faults = new Faults(randomStreams(1), profile, 1);
  const crashes: number[] = [];
  const random = scriptedRandom(...(fault ? FAULTS[fault] : []), 1);
  const end = {
    isAlive: true,
    self: { name: "api-1", random, calls: 0 },
    crash(downMs: number): void {
      end.isAlive = false;
      crashes.push(downMs);
    },
  };
  const link = virtualLink(end, { scheduler, faults, stalls, trace });

  async function call(work: () => unknown = () => "done"): Promise<CallOutcome> {
    const workedAtMs: number[] = [];
    let ending: Ending = { ends: "never" };
    link
      .call("mysql", "seats.hold", () => {
        workedAtMs.push(scheduler.elapsedMs);
        return work();
      })
      .then(
        (value) => {
          ending = { ends: "well", value, atMs: scheduler.elapsedMs };
        },
        (error: unknown) => {
          const isUnderWay = error instanceof ConnectionLostError ? error.isUnderWay : undefined;
          ending = { ends: "badly", error, isUnderWay, atMs: scheduler.elapsedMs };
        },
      );
    await runOut();
    return { ending, workedAtMs };
  }

  return { link, scheduler, stalls, trace, end, crashes, call };
}

/** An owner that outlives every process. */
export { alive };
