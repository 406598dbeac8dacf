import type { CheckId } from "../../../src/virtual/findings.ts";
import { type Mutant, runSeed } from "../../../src/virtual/runSeed.ts";

/** The first seed that sees something, and all checks that do. */
export interface Sighting {
  readonly seed: number;
  readonly checks: readonly CheckId[];
}

/** Runs seeds one after the other until one of them sees something; undefined when none does. */
export async function firstSighting(
  plant: () => Mutant | undefined,
  fromSeed: number,
  toSeed: number,
): Promise<Sighting | undefined> {
  for (let seed = fromSeed; seed <= toSeed; seed += 1) {
    const { findings } = await runSeed(seed, { mutant: plant() });
    if (findings.length === 0) continue;
    return { seed, checks: [...new Set(findings.map(({ check }) => check))] };
  }
  return undefined;
}
