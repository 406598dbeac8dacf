import type { AbortReading, JobReport, OperationPlan, PlannedJob } from "@onsale/core";
import { paint } from "../terminal/paint.ts";
import { type Cell, painted, table } from "../terminal/table.ts";
import { changeText } from "./changeText.ts";
import { counted } from "./counted.ts";
import { factName, factText } from "./factText.ts";

/** Digits of a plan's hash that people compare. */
const HASH_SHOWN = 12;

/**
 * The plan as text for a terminal.
 * @param abortIf the conditions at which a run of the plan will stop
 */
export function drawPlan(
  { job, plan, confirmation }: PlannedJob,
  abortIf: readonly AbortReading[] = [],
): string {
  const { facts, count, unit, sample, notes, isSummary = false } = plan;
  const { hasEffect = count > 0 } = plan;
  const rest = isSummary ? 0 : count - sample.length;
  const lines = [
    `Plan of ${paint("bold", changeText(job))}: ${counted(count, unit)} would change`,
    ...sample.map((line) => `  ${line}`),
    ...(rest > 0 && sample.length > 0 ? [`  and ${counted(rest, unit)} more`] : []),
    "",
    "It rests on",
    factTable(facts, "NOW"),
    ...(notes.length === 0 ? [] : ["", ...notes]),
    ...(abortIf.length === 0 ? [] : ["", "A run stops when", drawConditions(abortIf)]),
    "",
    `Job   ${job.id}`,
    `Hash  ${job.planHash.slice(0, HASH_SHOWN)}, valid until ${job.validUntil.toISOString()}`,
    hasEffect
      ? "Nothing has changed. Run the same command with --execute to do this plan."
      : "This plan would change nothing, so there is nothing to execute.",
  ];
  if (hasEffect && confirmation !== undefined) {
    lines.push(`It also needs --confirm=${confirmation} and --reason.`);
  }
  return lines.join("\n");
}

function drawConditions(conditions: readonly AbortReading[]): string {
  const rows = conditions.map(({ text, read, holds }): Cell[] => [
    text,
    holds ? painted("red", `${read}: HOLDS NOW`) : read,
  ]);
  return table(["CONDITION", "NOW"], rows);
}

/** The facts that a plan rests on. */
export function factTable(facts: OperationPlan["facts"], head = "WHEN PLANNED"): string {
  const rows = Object.entries(facts).map(([name, value]) => [factName(name), factText(value)]);
  return table(["FACT", head], rows);
}

/**
 * The result of a run as text for a terminal.
 * @param continueWith the command line that continues the job
 */
export function drawReport(report: JobReport, continueWith: string): string {
  const { jobId, status, changed, plan, verifications, stopped, isRepetition, auditId } = report;
  const lines = [
    isRepetition
      ? `Job ${jobId} had ended before; nothing was changed now.`
      : `${statusText(status)}: ${counted(changed, plan.unit)} changed of ${plan.count} planned`,
    ...(stopped ? [`Reason    ${stopped.detail ?? stopped.reason}`] : []),
    ...verifications.map(
      ({ claim, holds, read }) =>
        `  ${holds ? paint("green", "verified") : paint("red", "NOT TRUE")}  ${claim} (${read})`,
    ),
  ];
  if (auditId !== undefined) lines.push(`Audit record ${auditId}`);
  if (stopped) lines.push(`Continue  ${continueWith}`);
  return lines.join("\n");
}

function statusText(status: JobReport["status"]): string {
  if (status === "DONE") return paint("green", "Done");
  return status === "STOPPED" ? paint("yellow", "Stopped") : paint("red", "Failed");
}
