import type { CheckId, Finding } from "../findings.ts";
import { type RunOptions, runSeed, type SeedResult } from "../runSeed.ts";
import { virtualDefaults } from "../scenario.ts";
import type { Schedule } from "../schedule.ts";
import { ddmin } from "./ddmin.ts";

/** A failing run with nothing in it that need not be there. */
export interface MinimisedRun {
  readonly schedule: Schedule;
  /** The narrowed run, with its whole trace. */
  readonly result: SeedResult;
  /** Runs that it took to get there. */
  readonly tries: number;
}

export interface MinimiseOptions extends Pick<RunOptions, "scenario" | "mutant"> {
  /** Where the narrowing begins; the whole of the seed's run when left out. */
  readonly schedule?: Schedule | undefined;
  readonly triesMax?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onTry?: ((tries: number, triesMax: number) => void) | undefined;
}

/** A few seconds: narrowed runs are much shorter than whole ones. */
const TRIES_MAX = 800;
/** Courses tried for each smaller crowd: with fewer actors the seed's choices lead elsewhere. */
const SALTS = 6;

/**
 * Narrows a failing run down: first to the buyers that it takes, then to the faults, then to the
 * choices of the scheduler that differ from "who came first goes first".
 * @returns undefined when the run does not fail
 */
export async function minimise(
  seed: number,
  options: MinimiseOptions = {},
): Promise<MinimisedRun | undefined> {
  const { triesMax = TRIES_MAX, signal, onTry, scenario, mutant } = options;
  const runOptions = { scenario, mutant };
  let tries = 0;

  async function run(schedule: Schedule): Promise<SeedResult | undefined> {
    if (tries >= triesMax || signal?.aborted) return undefined;
    tries += 1;
    onTry?.(tries, triesMax);
    // The event loop has its turn: progress is shown, Ctrl-C is heard.
    await new Promise((resolve) => setImmediate(resolve));
    return runSeed(seed, { ...runOptions, schedule });
  }

  const first = await run(options.schedule ?? {});
  const check = first && gravest(first.findings);
  if (!first || check === undefined) return undefined;
  let best: { schedule: Schedule; result: SeedResult } = {
    schedule: options.schedule ?? {},
    result: first,
  };

  /** Takes the run for the best one when it still fails. */
  async function attempt(schedule: Schedule): Promise<boolean | undefined> {
    const result = await run(schedule);
    if (!result) return undefined;
    if (!breaks(result.findings, check)) return false;
    best = { schedule, result };
    return true;
  }

  async function underAnySalt(schedule: Schedule): Promise<boolean | undefined> {
    for (let salt = 0; salt < SALTS; salt += 1) {
      const answer = await attempt({ ...schedule, salt });
      if (answer !== false) return answer;
    }
    return false;
  }

  if (!options.schedule?.choices) {
    const everybody = Array.from(
      { length: scenario?.buyers ?? virtualDefaults.buyers },
      (_unused, index) => index,
    );
    await ddmin(everybody, (some) => underAnySalt({ buyers: new Set(some) }));
    const buyers = best.schedule.buyers ?? new Set(everybody);
    await ddmin(best.result.faults, (some) => underAnySalt({ buyers, faults: new Set(some) }));
  }
  const { buyers } = best.schedule;
  const faults = best.schedule.faults ?? new Set(best.result.faults);
  const narrowed: Schedule = { ...(buyers ? { buyers } : {}), faults };
  await ddmin([...best.result.choices], (some) => attempt({ ...narrowed, choices: new Map(some) }));

  // Told by its choices, unless that should be another course after all.
  const told = best.schedule.choices ? [] : [exact(narrowed, best.result)];
  for (const schedule of [...told, best.schedule]) {
    const result = await runSeed(seed, { ...runOptions, schedule, traced: true });
    if (breaks(result.findings, check)) return { schedule, result, tries };
  }
  return undefined;
}

/** A broken invariant says more than the internal error that may come with it. */
function gravest(findings: readonly Finding[]): CheckId | undefined {
  return (findings.find(({ check }) => /^I\d+$/.test(check)) ?? findings[0])?.check;
}

/** The same course, told by its choices instead of drawn. */
function exact(schedule: Schedule, { choices }: SeedResult): Schedule {
  return { ...schedule, choices };
}

function breaks(findings: readonly Finding[], check: CheckId | undefined): boolean {
  return findings.some((finding) => finding.check === check);
}
