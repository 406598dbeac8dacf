import type { Figure, Runbook, RunbookStep } from "@onsale/core";
import { paint } from "../terminal/paint.ts";
import { table } from "../terminal/table.ts";
import { wrapText } from "../terminal/textWidth.ts";

const WIDTH = 80;
const INDENT = "  ";

/**
 * The runbooks as a table for a terminal.
 * @param hasDrill whether `onsale runbook drill` has an exercise of the runbook
 */
export function runbookTable(
  runbooks: readonly Runbook[],
  hasDrill: (runbook: string) => boolean,
): string {
  return table(
    ["RUNBOOK", "SEVERITY", "FINDINGS", "DRILL", "TITLE"],
    runbooks.map(({ name, severity, detection, title }) => [
      ...[name, severity, detection.join(" ") || "-", hasDrill(name) ? "yes" : "not yet", title],
    ]),
  );
}

/** One runbook as text for a terminal. */
export function drawRunbook(runbook: Runbook): string {
  const { name, title, severity, symptom, detection, rollback, escalation } = runbook;
  const { preconditions, diagnosis, steps, verification } = runbook;
  const claims = (checks: readonly { claim: string }[]) => checks.map(({ claim }) => `- ${claim}`);
  return [
    `${paint("bold", name)}: ${title} (${severity})`,
    ...block("Symptom", [symptom]),
    ...block("Findings", [detection.join(", ") || "none; a planned change"]),
    ...block("Preconditions", claims(preconditions)),
    ...block("Figures", diagnosis.map(figureText)),
    ...block("Steps", steps.flatMap(stepLines)),
    ...block("Afterwards", claims(verification)),
    ...block("Rollback", [rollback]),
    ...block("Escalation", [escalation]),
  ].join("\n");
}

function block(head: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return ["", paint("bold", head), ...lines.flatMap((line) => indented(line))];
}

/** Wraps a line; its later parts begin below the first word after its mark. */
function indented(line: string): readonly string[] {
  const [mark = ""] = /^(- |\d+\. | +)?/.exec(line) ?? [];
  return wrapText(line.slice(mark.length), WIDTH - INDENT.length - mark.length).map(
    (part, at) => `${INDENT}${at === 0 ? mark : " ".repeat(mark.length)}${part}`,
  );
}

function figureText({ name, unit, bound, meaning }: Figure): string {
  const limit = "above" in bound ? `above ${bound.above}` : `below ${bound.below}`;
  return `- ${name} ${limit} ${unit}: ${meaning}`;
}

function stepLines(step: RunbookStep, at: number): readonly string[] {
  const what = step.kind === "operation" ? step.operation.name : step.kind;
  const until = step.done ? [`   until ${step.done.claim}`] : [];
  const instruction = step.kind === "manual" ? [`   ${step.instruction}`] : [];
  return [`${at + 1}. ${step.name} (${what}): ${step.title}`, ...instruction, ...until];
}
