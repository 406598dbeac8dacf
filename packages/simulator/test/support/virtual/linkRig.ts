import { ConnectionLostError, type ServerLink } from "@onsale/core/memory";
import { Faults } from "../../../src/virtual/faults.ts";
import { serverStalls } from "../../../src/virtual/stalls.ts";
import { keptTrace, type Trace } from "../../../src/virtual/trace.ts";
import { type LinkOwner, virtualLink } from "../../../src/virtual/virtualLink.ts";
import { scriptedRandom } from "../scriptedRandom.ts";
import { alive, schedulerRig } from "./schedulerRig.ts";

/** What a call draws when it meets a fate: that it does, which, how long. */
export const FATES = {
  "lost-request": [0, 0.1, 1, 0, 0],
  "lost-answer": [0, 0.3, 1, 0, 0],
  "late-request": [0, 0.45, 1, 0.5, 0],
  "slow-request": [0, 0.6, 1, 0.5, 0],
  "slow-answer": [0, 0.75, 1, 0.5, 0],
  "crash-before": [0, 0.85, 1, 0, 0.5],
  "crash-after": [0, 0.95, 1, 0, 0.5],
} as const;
/** Half of the way from 1 to 400 ms, as the draws above say. */
export const FATE_MS = 201;
/** Half of the way from 1 to 6,000 ms. */
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

/** What came of a call once nobody could go on any more. */
export interface CallStory {
  readonly ending: Ending;
  /** When the server did its work, each time; ms. */
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
  /** Lets the process make one call, and everything run out. */
  call(work?: () => unknown): Promise<CallStory>;
}

/**
 * A process with a link to a server.
 * @param fate what the process's first call meets; nothing when left out
 * @param arrives draws whether calls given up in a stall arrive nevertheless: below 0.5 they do
 */
export function linkRig({
  fate,
  arrives = 1,
}: {
  fate?: keyof typeof FATES | undefined;
  arrives?: number;
} = {}): LinkRig {
  const { scheduler, runOut } = schedulerRig();
  const stalls = serverStalls(scheduler, () => scriptedRandom(arrives));
  const trace = keptTrace();
  const weather = { callShare: fate ? 0.5 : 0, worldFates: 0, skewMs: 0 };
  const faults = new Faults(1, weather, 1);
  const crashes: number[] = [];
  const random = scriptedRandom(...(fate ? FATES[fate] : []), 1);
  const end = {
    isAlive: true,
    self: { name: "api-1", random, calls: 0 },
    crash(downMs: number): void {
      end.isAlive = false;
      crashes.push(downMs);
    },
  };
  const link = virtualLink(end, { scheduler, faults, stalls, trace });

  async function call(work: () => unknown = () => "done"): Promise<CallStory> {
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

/** Somebody at the servers, who outlives every process. */
export { alive };
