import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  type ExploreResult,
  exploreSeeds,
  missingMarks,
  parseReplay,
  ReplayTextError,
  type RuleMark,
  SEEDS_OF_ALL_MARKS,
  statusLine,
  traceDigest,
  traceText,
  type VirtualScenario,
  virtualDefaults,
} from "@onsale/simulator/explore";
import type { SeedResult } from "@onsale/simulator/virtual";
import { CliError, EXIT } from "../cliError.ts";
import type { RunTerminal } from "../terminal/runTerminal.ts";
import {
  exploredLines,
  failureLines,
  minimisedLines,
  progressText,
  reproduction,
  runLines,
} from "./exploreText.ts";

export interface ExploreCommandOptions extends RunTerminal {
  /** The runbook to explore; undefined for the sale alone. */
  readonly runbook?: string | undefined;
  readonly seeds: number;
  readonly seed: number;
  readonly replay?: string | undefined;
  readonly trace?: string | undefined;
  readonly buyers: number;
  readonly seats: number;
  readonly "api-processes": number;
  readonly workers: number;
  readonly threads?: number | undefined;
  readonly minimise: boolean;
}

/** Maximum number of failures, enough to see what they have in common. */
const FAILURES_MAX = 10;

/** Runs the seeds, or replays one seed, and prints the result. */
export async function exploreCommand(options: ExploreCommandOptions) {
  const scenario: VirtualScenario = {
    buyers: options.buyers,
    seats: options.seats,
    apiProcesses: options["api-processes"],
    workers: options.workers,
  };
  if (options.runbook !== undefined) await requireIncident(options.runbook);
  return options.replay === undefined
    ? explore(options, scenario)
    : replay(options, scenario, options.replay);
}

async function explore(options: ExploreCommandOptions, scenario: VirtualScenario) {
  const { print, signal, runbook } = options;
  const line = options.progressOn && statusLine(options.progressOn);
  const { failures, exercise, marks, ...figures } = await exploreSeeds({
    first: options.seed,
    count: options.seeds,
    scenario,
    runbook,
    threads: options.threads,
    failuresMax: FAILURES_MAX,
    signal,
    onProgress: (progress) => line?.show(progressText(progress), "", progress.elapsedMs),
  }).finally(() => line?.clear());
  const explored = { ...figures, exercise, marks, failures };
  const notPlayed = unplayedRules(explored, scenario, runbook);
  for (const text of exploredLines(explored, { ...options, notPlayed })) print(text);
  for (const failure of failures) {
    for (const text of failureLines(failure, scenario, runbook)) print(text);
  }
  // A seed that ends its thread is not narrowed, because the narrowing runs in this process and
  // would end it too.
  const first = failures.find(({ endedThread }) => !endedThread);
  return {
    holds: failures.length === 0 && notPlayed.length === 0 && !signal.aborted,
    first: options.seed,
    scenario,
    ...(runbook === undefined ? { marks, notPlayed } : { runbook, exercise }),
    ...figures,
    failures: failures.map(({ seed, violations }) => ({
      seed,
      violations,
      replay: reproduction(seed, scenario, {}, runbook),
    })),
    minimised: first && options.minimise ? await narrow(options, scenario, first.seed) : null,
  };
}

/**
 * The rules that no sale of a large exploration played. Only the default sale must play all: with
 * few buyers or many seats, some of them rarely or never apply.
 */
function unplayedRules(
  { done, marks }: ExploreResult,
  scenario: VirtualScenario,
  runbook: string | undefined,
): readonly RuleMark[] {
  const isDefault = isDeepStrictEqual(scenario, virtualDefaults) && runbook === undefined;
  return isDefault && done >= SEEDS_OF_ALL_MARKS ? missingMarks(marks) : [];
}

async function replay(options: ExploreCommandOptions, scenario: VirtualScenario, text: string) {
  const { seed, schedule } = parseOrExplain(text);
  const late = [...(schedule.buyers ?? [])].filter((buyer) => buyer >= scenario.buyers);
  if (late.length > 0) {
    throw new CliError("REPLAY_UNREADABLE", `This sale has no buyer ${late.join(", ")}`, {
      exitCode: EXIT.usage,
      next: `Buyers are 0 to ${scenario.buyers - 1}; repeat the --buyers that the failure printed.`,
    });
  }
  // Opens the file first, so that a file that cannot be written fails before the run.
  const file = options.trace === undefined ? undefined : await traceFile(options.trace);
  const { findIncident, runSeedSafely } = await import("@onsale/simulator/virtual");
  const incident = findIncident(options.runbook);
  const result = await runSeedSafely(seed, { scenario, incident, schedule, traced: true });
  await file?.writeFile(traceText(result.trace));
  await file?.close();
  if (options.trace !== undefined) options.say(`Trace: ${resolve(options.trace)}`);
  const absent = [...(schedule.faults ?? [])].filter((id) => !result.faults.includes(id));
  if (absent.length > 0) options.say(`These faults did not happen: ${absent.join(", ")}`);
  for (const line of runLines(result)) options.print(line);
  const holds = result.violations.length === 0;
  const isNarrowed = !holds && options.minimise && Object.keys(schedule).length === 0;
  const minimised = isNarrowed ? await narrow(options, scenario, seed) : null;
  const { runbook } = options;
  return { holds, scenario, ...(runbook && { runbook }), ...summaryOf(result), minimised };
}

/** @throws CliError for a runbook that the engine has no incident for */
async function requireIncident(runbook: string): Promise<void> {
  const { findIncident, INCIDENTS } = await import("@onsale/simulator/virtual");
  if (findIncident(runbook)) return;
  throw new CliError("USAGE", `The runbook "${runbook}" cannot be explored`, {
    exitCode: EXIT.usage,
    next: `Choose one of ${INCIDENTS.map((one) => one.runbook).join(", ")}.`,
  });
}

async function traceFile(path: string) {
  try {
    return await open(resolve(path), "w");
  } catch (cause) {
    throw new CliError("TRACE_UNWRITABLE", `The trace cannot be written to ${resolve(path)}`, {
      cause,
      next: "Name a file in a folder that exists.",
    });
  }
}

function parseOrExplain(text: string) {
  try {
    return parseReplay(text);
  } catch (error) {
    if (!(error instanceof ReplayTextError)) throw error;
    throw new CliError("REPLAY_UNREADABLE", error.message, { exitCode: EXIT.usage });
  }
}

function summaryOf(result: SeedResult) {
  const { seed, violations, steps, elapsedMs, faults } = result;
  const outcomes = Object.fromEntries(result.outcomes);
  const digest = traceDigest(result.trace);
  const { exercise } = result;
  return {
    ...{ seed, violations, steps, elapsedMs, faults, outcomes, digest },
    ...(exercise && { exercise }),
  };
}

/** Narrows a failure, and shows the smallest run that still fails. */
async function narrow(options: ExploreCommandOptions, scenario: VirtualScenario, seed: number) {
  const { signal, print, runbook } = options;
  const startedMs = performance.now();
  const line = options.progressOn && statusLine(options.progressOn);
  const { findIncident, minimise } = await import("@onsale/simulator/virtual");
  const minimised = await minimise(seed, {
    scenario,
    incident: findIncident(runbook),
    signal,
    onTry: (tries, triesMax) =>
      line?.show(
        `narrowing seed ${seed} down, run ${tries} of ${triesMax} at most`,
        "narrowing",
        performance.now() - startedMs,
      ),
  }).finally(() => line?.clear());
  if (!minimised) return null;
  for (const text of minimisedLines(seed, minimised, scenario, runbook)) print(text);
  const { schedule, result, tries } = minimised;
  return { ...summaryOf(result), schedule: reproduction(seed, scenario, schedule, runbook), tries };
}
