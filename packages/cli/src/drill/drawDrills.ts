import { paint } from "../terminal/paint.ts";
import { type Cell, painted, table } from "../terminal/table.ts";
import { visible } from "../terminal/visible.ts";
import type { DrillResult } from "./drillResult.ts";

/** The results as a table, with the reason of each drill that failed. */
export function drawDrills(results: readonly DrillResult[]): string {
  const head = ["RUNBOOK", "OUTCOME", "LOOKS", "DETECTED", "BOUND", "REPAIRED", "INVARIANTS"];
  const failed = results.filter(({ outcome }) => outcome !== "repaired");
  return [
    table(head, results.map(rowOf)),
    ...failed.map(({ runbook, outcome, reason, database }) => {
      const kept = database === undefined ? "" : `; its database ${database} was kept`;
      return `${paint("red", runbook)}: ${outcome}: ${visible(reason ?? "no reason known")}${kept}`;
    }),
  ].join("\n");
}

function rowOf(result: DrillResult): readonly Cell[] {
  const { runbook, outcome, codes, detection, repair, boundMs } = result;
  const isPlanned = codes.length === 0;
  return [
    runbook,
    painted(outcome === "repaired" ? "green" : "red", outcome),
    isPlanned ? "planned" : String(detection?.lookCount ?? "-"),
    isPlanned ? "-" : seconds(detection?.tookMs),
    isPlanned ? "-" : seconds(boundMs),
    seconds(repair?.status === "DONE" ? repair.tookMs : undefined),
    invariantsOf(result),
  ];
}

function invariantsOf({ invariants }: DrillResult): Cell {
  if (invariants === undefined) return "-";
  const broken = invariants.results.filter(({ holds }) => !holds).map(({ id }) => id);
  if (broken.length > 0) return painted("red", `${broken.join(" ")} BROKEN`);
  return painted("green", "no violation");
}

const seconds = (ms: number | undefined): string =>
  ms === undefined ? "-" : `${(ms / 1000).toFixed(1)} s`;
