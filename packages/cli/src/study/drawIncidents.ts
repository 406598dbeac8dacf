import type { Incident, IncidentReport } from "@onsale/simulator/study";
import { paint } from "../terminal/paint.ts";
import { table } from "../terminal/table.ts";
import { visible } from "../terminal/visible.ts";
import {
  count,
  duration,
  FIGURE_COLUMNS,
  figureRows,
  isGoodIncident,
  saturationText,
  verdictText,
} from "./incidentFigures.ts";

/** True when every runbook ended its overload, and every invariant holds. */
export function isGood({ incidents }: IncidentReport): boolean {
  return incidents.every(isGoodIncident);
}

/** Formats the study for a terminal. */
export function drawIncidents(report: IncidentReport): string {
  const { machine, bounds } = report;
  const servers = machine.servers.join(", ");
  const head = `${bounds.cores} cores: ${machine.cpu}; Node ${machine.node}; ${servers}`;
  return [head, ...report.incidents.map((incident) => drawIncident(incident, report))].join("\n\n");
}

function drawIncident(incident: Incident, report: IncidentReport): string {
  const { buyers, repaired, left } = incident;
  const rows = figureRows(incident).map((row) => [...row]);
  const columns = FIGURE_COLUMNS.slice(0, (rows[0]?.length ?? 1) - 1);
  return [
    paint("bold", `${count(buyers)} buyers at the same time`),
    saturationText(repaired, report),
    ...repaired.findings.map(
      ({ code, message, atMs }) => `doctor after ${duration(atMs)}: ${code}: ${visible(message)}`,
    ),
    ...runbookLines(incident),
    `Data      ${verdictText(repaired)}`,
    ...(left ? [`Without   ${verdictText(left)}`] : []),
    "",
    table(["", ...columns.map((column) => column.toUpperCase())], rows),
  ].join("\n");
}

function runbookLines({ repaired: { runbooks } }: Incident): readonly string[] {
  if (runbooks.length === 0) {
    return [`Runbook   ${paint("red", "not executed: doctor did not find OVERLOADED")}`];
  }
  return runbooks.map(({ status, beganMs, endedMs, stopped }) => {
    const took = `${status} after ${duration(endedMs - beganMs)}`;
    return `Runbook   ${took}${stopped === undefined ? "" : `: ${visible(stopped)}`}`;
  });
}
