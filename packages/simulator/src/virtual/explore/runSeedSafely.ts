import { type RunOptions, runSeed, type SeedResult } from "../runSeed.ts";
import { noTrace, stackOf } from "../trace.ts";
import type { Violation } from "../violations.ts";

/** Events by which Node tells of errors that nobody took; without a listener the process ends. */
const STRAYS = ["unhandledRejection", "uncaughtException"] as const;

/**
 * Runs a seed as `runSeed` does, and makes a violation of what would otherwise end the process: an
 * error or a rejection that nobody took, or one that the run broke off with. Such an error does
 * not tell whose it is, so one run at a time.
 * @returns nothing but the violation when the run broke off
 */
export async function runSeedSafely(seed: number, options: RunOptions = {}): Promise<SeedResult> {
  const strays: unknown[] = [];
  const note = (error: unknown): void => void strays.push(error);
  for (const event of STRAYS) process.on(event, note);
  try {
    const result = await runSeed(seed, options).catch((error: unknown) => brokenOff(seed, error));
    // A run gives the event loop no turn, and before the next one Node has told of all rejections.
    // An error breaks ticks off: those behind it, which may fail as well, come a turn later.
    let heard: number;
    do {
      heard = strays.length;
      await new Promise((resolve) => setImmediate(resolve));
    } while (strays.length > heard);
    const lost = strays.map((error) => internalError(`nobody took ${stackOf(error)}`));
    return { ...result, violations: [...result.violations, ...lost] };
  } finally {
    for (const event of STRAYS) process.off(event, note);
  }
}

/** A run that did not come to its end: what happened until then is not known. */
function brokenOff(seed: number, error: unknown): SeedResult {
  return {
    seed,
    violations: [internalError(`the run broke off: ${stackOf(error)}`)],
    trace: noTrace,
    steps: 0,
    elapsedMs: 0,
    faults: [],
    choices: new Map(),
    outcomes: new Map(),
  };
}

/** The violation of an error that the product should have taken. */
export function internalError(message: string): Violation {
  return { check: "answers", message, ids: {} };
}
