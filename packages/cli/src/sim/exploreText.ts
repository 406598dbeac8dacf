import { INVARIANT_TITLES } from "@onsale/core/invariantTitles";
import {
  CHECK_TITLES,
  countText,
  durationText,
  type ExerciseReport,
  type ExploreProgress,
  type ExploreResult,
  type FailedSeed,
  type MarkCounts,
  missingMarks,
  plural,
  RULE_MARKS,
  type RuleMark,
  replayText,
  type Schedule,
  timeline,
  type Violation,
  type VirtualScenario,
  virtualDefaults,
} from "@onsale/simulator/explore";
import type { MinimisedRun, SeedResult } from "@onsale/simulator/virtual";
import { ONSALE } from "../productEntry.ts";

const TITLES = { ...INVARIANT_TITLES, ...CHECK_TITLES };

/** Maximum number of violations that the terminal shows for a failed seed. */
const VIOLATIONS_SHOWN_MAX = 5;

/** Formats the progress of an exploration in one line. */
export function progressText(progress: ExploreProgress): string {
  const { done, count, failed, elapsedMs, seedsPerMinute, etaMs } = progress;
  const parts = [
    durationText(elapsedMs),
    `${countText(done)}/${countText(count)} seeds`,
    `${countText(seedsPerMinute)} a minute`,
  ];
  if (failed > 0) parts.push(`${countText(failed)} failed`);
  if (etaMs !== undefined) parts.push(`about ${durationText(etaMs)} to go`);
  return parts.join("  ");
}

/** Formats the figures of an exploration, and the verdict when no seed failed. */
export function exploredLines(
  explored: ExploreResult,
  asked: {
    readonly seed: number;
    readonly seeds: number;
    readonly runbook?: string | undefined;
    /** The rules that some sale must have played, and none has. */
    readonly notPlayed: readonly RuleMark[];
  },
): string[] {
  const { done, elapsedMs, seedsPerMinute, steps, virtualMs, threads, failures } = explored;
  const perSeed = Math.max(1, done);
  const checked = Object.keys(TITLES).filter((id) => id !== "runbook" || asked.runbook);
  const lines = [
    `Explored  ${countText(done)} of ${plural(asked.seeds, "seed")} from ${asked.seed} on, ` +
      `in ${durationText(elapsedMs)} on ${plural(threads, "thread")}`,
    `Speed     ${countText(seedsPerMinute)} seeds a minute; ${countText(steps / perSeed)} steps ` +
      `and ${durationText(virtualMs / perSeed)} of virtual time a seed`,
    `Checked   ${checked.join(" ")}`,
    ...(asked.runbook === undefined
      ? [playedLine(explored.marks)]
      : exerciseLines(explored.exercise)),
  ];
  const unplayed = asked.notPlayed.map((mark) => `✗ no sale played "${mark}": ${RULE_MARKS[mark]}`);
  if (unplayed.length > 0) lines.push("", ...unplayed);
  else if (failures.length === 0) lines.push("", verdictOf(done, asked.seeds));
  return lines;
}

/** "Played    18 of 20 rules; never: sale closed, price changed" */
function playedLine(marks: MarkCounts): string {
  const missing = missingMarks(marks);
  const count = Object.keys(RULE_MARKS).length;
  const never = missing.length === 0 ? "" : `; never: ${missing.join(", ")}`;
  return `Played    ${count - missing.length} of ${plural(count, "rule")}${never}`;
}

/** Formats the work of the operators, and the points at which they were killed. */
function exerciseLines(report: ExerciseReport): string[] {
  const { points, detected, attempts, jobs, refused, reruns } = report;
  const counts = Object.entries(points);
  const kills = counts.map(([, { killed }]) => killed);
  const total = kills.reduce((sum, count) => sum + count, 0);
  const spared = counts.filter(([, { killed }]) => killed === 0).map(([name]) => name);
  return [
    `Runbook   ${plural(jobs, "job")} in ${plural(attempts, "run")}; the incident was detected ` +
      `in ${plural(detected, "seed")}; a second operator was refused ${countText(refused)} ` +
      `times; the findings were back after ${plural(reruns, "end")}`,
    `Kills     ${countText(total)} at ${counts.length - spared.length} of ` +
      `${plural(counts.length, "point")}, each ${Math.min(...kills)} to ` +
      `${Math.max(...kills)} times`,
    ...(spared.length === 0 ? [] : [`No kill   ${spared.join(" ")}`]),
  ];
}

function verdictOf(done: number, asked: number): string {
  return done < asked
    ? "Interrupted; every check passed after every seed so far."
    : "Every check passed after every seed.";
}

/** Formats a failed seed, and the command that repeats it. */
export function failureLines(
  { seed, violations }: FailedSeed,
  scenario: VirtualScenario,
  runbook?: string,
): string[] {
  const command = reproduction(seed, scenario, {}, runbook);
  return ["", `✗ seed ${seed}`, ...violationLines(violations), `  ${command}`];
}

/** Formats a replayed run: its events and the verdict. */
export function runLines(result: SeedResult): string[] {
  const { seed, violations, steps, elapsedMs, faults } = result;
  const verdict = violations.length === 0 ? ["✓ every check passed"] : violationLines(violations);
  return [
    ...timeline(result),
    "",
    `Seed ${seed}: ${countText(steps)} steps, ${durationText(elapsedMs)} of virtual time, ` +
      `${plural(faults.length, "fault")}`,
    ...verdict,
  ];
}

/** Formats a narrowed failure: the command, the timeline and the verdict. */
export function minimisedLines(
  seed: number,
  { schedule, result, tries }: MinimisedRun,
  scenario: VirtualScenario,
  runbook?: string,
): string[] {
  const left = [
    plural(schedule.buyers?.size ?? scenario.buyers, "buyer"),
    plural(schedule.faults?.size ?? result.faults.length, "fault"),
    plural(schedule.choices?.size ?? result.choices.size, "choice"),
  ];
  return [
    "",
    `Seed ${seed} narrowed down to ${left.join(", ")} in ${plural(tries, "run")}:`,
    `  ${reproduction(seed, scenario, schedule, runbook)}`,
    "",
    ...timeline(result),
    "",
    ...violationLines(result.violations),
    ...(runbook === undefined ? regressionLines(seed, schedule, result) : []),
  ];
}

function regressionLines(seed: number, schedule: Schedule, { violations }: SeedResult): string[] {
  return [
    "",
    "To keep it as a regression seed, add this to packages/simulator/seeds/regression.json:",
    `  ${JSON.stringify({ run: replayText({ seed, schedule }), why: whyOf(violations) })}`,
  ];
}

function whyOf([first]: readonly Violation[]): string {
  return first ? `${first.check}: ${first.message.split("\n", 1)[0]}` : "";
}

function violationLines(violations: readonly Violation[]): string[] {
  const lines = violations.slice(0, VIOLATIONS_SHOWN_MAX).flatMap(({ check, message, ids }) => {
    const [head = "", ...rest] = message.split("\n");
    const facts = Object.keys(ids).length === 0 ? "" : ` ${JSON.stringify(ids)}`;
    return [`  ✗ ${check} (${TITLES[check]}): ${head}${facts}`, ...rest.map((one) => `    ${one}`)];
  });
  const more = violations.length - VIOLATIONS_SHOWN_MAX;
  return more > 0 ? [...lines, `  … and ${more} more`] : lines;
}

/** Returns the command that repeats the run of a seed, or a schedule of it. */
export function reproduction(
  seed: number,
  scenario: VirtualScenario,
  schedule: Schedule = {},
  runbook?: string,
): string {
  const command = runbook === undefined ? "sim explore" : `runbook explore ${runbook}`;
  const words = [`${ONSALE} ${command} --replay "${replayText({ seed, schedule })}"`];
  for (const name of ["buyers", "seats", "apiProcesses", "workers"] as const) {
    const flag = name === "apiProcesses" ? "api-processes" : name;
    if (scenario[name] !== virtualDefaults[name]) words.push(`--${flag} ${scenario[name]}`);
  }
  return words.join(" ");
}
