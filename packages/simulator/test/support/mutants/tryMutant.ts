import { type Mutant, runSeed } from "../../../src/virtual/runSeed.ts";
import type { CheckId } from "../../../src/virtual/violations.ts";
import { type CaughtFault, mutantOf } from "./plantedFault.ts";

/**
 * The seed in which the expected check finds a violation, and all checks that found one by then.
 */
export interface Sighting {
  readonly seed: number;
  readonly checks: readonly CheckId[];
}

/**
 * Runs seeds one after the other until one of them detects the mutant. Errors have no stack traces,
 * because they cost time, and a sighting has none.
 * @param by the check that must detect the mutant; any check when left out
 */
export async function firstSighting(
  plant: () => Mutant | undefined,
  { fromSeed, toSeed, by }: { fromSeed: number; toSeed: number; by?: CheckId },
): Promise<Sighting | undefined> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const checks = new Set<CheckId>();
    for (let seed = fromSeed; seed <= toSeed; seed += 1) {
      const { violations } = await runSeed(seed, { mutant: plant() });
      for (const { check } of violations) checks.add(check);
      const isSeen = by === undefined ? violations.length > 0 : checks.has(by);
      if (isSeen) return { seed, checks: [...checks] };
    }
    return undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * Tries the seed first that detected the fault when it was measured. When the product has changed
 * so that this seed no longer detects the fault, all seeds from 1 to the bound are tried.
 * @param measured the seed; undefined for a fault that was not measured
 */
export async function sightingOf(
  fault: CaughtFault,
  measured: number | undefined,
): Promise<Sighting | undefined> {
  const plant = () => mutantOf(fault);
  const { seedsMax, caughtBy } = fault;
  const [by] = caughtBy;
  const seed = Math.min(measured ?? 1, seedsMax);
  return (
    (await firstSighting(plant, { fromSeed: seed, toSeed: seed, by })) ??
    (await firstSighting(plant, { fromSeed: 1, toSeed: seedsMax, by }))
  );
}
