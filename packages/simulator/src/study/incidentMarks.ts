import type { Scale } from "../report/scales.ts";
import type { IncidentRun, IncidentRunbook } from "./incidentReport.ts";

/** A moment of a run, with its place in the chart. */
export interface ChartMark {
  readonly kind: "found" | "done";
  readonly text: string;
  readonly atMs: number;
  readonly x: number;
  /**
   * The row of its label above the chart, 0 is the highest. No line of another mark crosses the
   * label.
   */
  readonly row: number;
  /** Whether the text is at the left of its line. */
  readonly isLeft: boolean;
}

/** Width of a bold letter, wide enough for any common font. */
const LETTER = 8.6;
const GAP = 14;

type Moment = Pick<ChartMark, "kind" | "text" | "atMs">;

/** The findings of doctor and the steps of the runbook, in the order of their times. */
export function placeMarks(run: IncidentRun, x: Scale, right: number): readonly ChartMark[] {
  const placed: (ChartMark & { readonly endX: number })[] = [];
  for (const moment of momentsOf(run).toSorted((one, other) => one.atMs - other.atMs)) {
    const at = x(moment.atMs);
    const width = moment.text.length * LETTER + GAP;
    const isLeft = at + width > right;
    // The line begins in the row of its label and goes down, so it may only cross free rows.
    const above = placed.filter(({ endX }) => endX > (isLeft ? at - width : at));
    const row = Math.max(0, ...above.map((mark) => mark.row + 1));
    placed.push({ ...moment, x: at, row, isLeft, endX: isLeft ? at + GAP : at + width });
  }
  return placed;
}

function momentsOf({ findings, runbooks }: IncidentRun): readonly Moment[] {
  const found = findings.map(
    ({ code, atMs }): Moment => ({ kind: "found", text: `doctor: ${code}`, atMs }),
  );
  return [...found, ...runbooks.flatMap(runbookMoments)];
}

function runbookMoments({ beganMs, endedMs, status, steps }: IncidentRunbook): readonly Moment[] {
  const passed = steps
    .filter(({ point }) => point === "passed")
    .map(({ step, atMs }): Moment => ({ kind: "done", text: step, atMs }));
  const beginning: Moment = { kind: "done", text: "runbook begins", atMs: beganMs };
  if (status === "DONE") return [beginning, ...passed];
  return [beginning, ...passed, { kind: "done", text: status.toLowerCase(), atMs: endedMs }];
}
