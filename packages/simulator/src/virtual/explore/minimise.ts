import type { RunOptions, SeedResult } from "../runSeed.ts";
import type { Schedule } from "../schedule.ts";
import type { CheckId, Violation } from "../violations.ts";
import { virtualDefaults } from "../virtualScenario.ts";
import { narrowRun } from "./narrowRun.ts";
import { runSeedSafely } from "./runSeedSafely.ts";

/**
 * A failing run without unnecessary parts. When the tries are used up, some unnecessary parts can
 * remain.
 */
export interface MinimisedRun {
  readonly schedule: Schedule;
  /** The narrowed run, with its whole trace. */
  readonly result: SeedResult;
  /** The number of runs that the search needed. */
  readonly tries: number;
}

interface MinimiseOptions extends Pick<RunOptions, "scenario" | "incident" | "mutant"> {
  readonly triesMax?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onTry?: ((tries: number, triesMax: number) => void) | undefined;
}

/**
 * Maximum number of runs. So many runs take seconds for a plain sale, because narrowed runs are
 * much shorter than whole runs, and up to two minutes for a sale with rules.
 */
const TRIES_MAX = 800;

/**
 * Narrows a failing run to the buyers, the faults and the choices of the scheduler that cause the
 * failure.
 * @returns undefined when the run does not fail
 */
export async function minimise(
  seed: number,
  options: MinimiseOptions = {},
): Promise<MinimisedRun | undefined> {
  const { triesMax = TRIES_MAX, signal, onTry, scenario, incident, mutant } = options;
  let tries = 0;

  async function run(schedule: Schedule): Promise<SeedResult | undefined> {
    if (tries >= triesMax || signal?.aborted) return undefined;
    tries += 1;
    onTry?.(tries, triesMax);
    return runSeedSafely(seed, { scenario, incident, mutant, schedule });
  }

  const whole = await run({});
  const check = whole && gravest(whole.violations);
  if (!whole || check === undefined) return undefined;
  const schedule = await narrowRun({
    seed,
    buyerCount: scenario?.buyers ?? virtualDefaults.buyers,
    whole,
    async run(smaller) {
      const result = await run(smaller);
      return result && breaks(result.violations, check) && result;
    },
  });
  const sale = { scenario, incident, mutant };
  const result = await runSeedSafely(seed, { ...sale, schedule, traced: true });
  return breaks(result.violations, check) ? { schedule, result, tries } : undefined;
}

/**
 * Returns the check whose failure the narrowing keeps. A broken invariant is preferred to an
 * internal error, because it says more about the cause.
 */
function gravest(violations: readonly Violation[]): CheckId | undefined {
  return (violations.find(({ check }) => /^I\d+$/.test(check)) ?? violations[0])?.check;
}

function breaks(violations: readonly Violation[], check: CheckId): boolean {
  return violations.some((violation) => violation.check === check);
}
