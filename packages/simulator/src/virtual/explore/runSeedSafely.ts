import { noMarks } from "../rules/ruleMarks.ts";
import { type RunOptions, runSeed, type SeedResult } from "../runSeed.ts";
import { noTrace, stackOf } from "../trace.ts";
import { internalError } from "../violations.ts";

/** Node's events for unhandled errors; without a listener the process ends. */
const STRAYS = ["unhandledRejection", "uncaughtException"] as const;

/**
 * Runs a seed with `runSeed`. Reports an unhandled error, an unhandled rejection or a rejected run
 * as a violation instead of ending the process. An unhandled error does not name its run, so only
 * one run may be active at a time.
 * @returns only the violation when `runSeed` rejects
 */
export async function runSeedSafely(seed: number, options: RunOptions = {}): Promise<SeedResult> {
  const strays: unknown[] = [];
  const note = (error: unknown): void => void strays.push(error);
  for (const event of STRAYS) process.on(event, note);
  try {
    const result = await runSeed(seed, options).catch((error: unknown) => brokenOff(seed, error));
    // Node reports rejections before the next iteration of the event loop. An error interrupts the
    // queue of ticks, and the remaining ticks, which may fail too, run one iteration later. So the
    // loop waits until an iteration reports no new error.
    let heard: number;
    do {
      heard = strays.length;
      await new Promise((resolve) => setImmediate(resolve));
    } while (strays.length > heard);
    const lost = strays.map((error) => internalError(`unhandled ${stackOf(error)}`));
    return { ...result, violations: [...result.violations, ...lost] };
  } finally {
    for (const event of STRAYS) process.off(event, note);
  }
}

/** The result of a run that rejected. Its events are not known. */
function brokenOff(seed: number, error: unknown): SeedResult {
  return {
    seed,
    violations: [internalError(`the run failed: ${stackOf(error)}`)],
    trace: noTrace,
    steps: 0,
    elapsedMs: 0,
    faults: [],
    choices: new Map(),
    outcomes: new Map(),
    marks: noMarks,
  };
}
