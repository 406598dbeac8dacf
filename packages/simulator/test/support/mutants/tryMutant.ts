import { type Mutant, runSeed } from "../../../src/virtual/runSeed.ts";
import type { CheckId } from "../../../src/virtual/violations.ts";

/**
 * The seed in which the expected check finds a violation, and all checks that found one by then.
 */
export interface Sighting {
  readonly seed: number;
  readonly checks: readonly CheckId[];
}

/**
 * Runs seeds one after the other until one of them detects the mutant.
 * @param by the check that must detect the mutant; any check when left out
 */
export async function firstSighting(
  plant: () => Mutant | undefined,
  { fromSeed, toSeed, by }: { fromSeed: number; toSeed: number; by?: CheckId },
): Promise<Sighting | undefined> {
  const checks = new Set<CheckId>();
  for (let seed = fromSeed; seed <= toSeed; seed += 1) {
    const { violations } = await runSeed(seed, { mutant: plant() });
    for (const { check } of violations) checks.add(check);
    const isSeen = by === undefined ? violations.length > 0 : checks.has(by);
    if (isSeen) return { seed, checks: [...checks] };
  }
  return undefined;
}
