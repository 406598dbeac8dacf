import { brokenStrategies, type LockReport } from "@onsale/simulator/locks";
import { painted, table } from "../terminal/table.ts";
import {
  CONTENTION_HEAD,
  CONTENTION_LEGEND,
  contentionCells,
  scenariosOf,
  scenarioText,
  specificationText,
  stallText,
  virtualText,
} from "./locksFigures.ts";

/** Formats the report for a terminal. */
export function drawLocks(report: LockReport): string {
  const { machine, strategies } = report;
  const head =
    `${machine.cores} cores shared by all processes: ${machine.cpu}; Node ${machine.node}; ` +
    `${machine.servers.join(", ")}; load average ${machine.loadAverage.toFixed(1)} before the run`;
  const blocks = scenariosOf(strategies).map((scenario, at) => {
    const rows = strategies.flatMap(({ name, contention }) => {
      const one = contention[at];
      return one ? [[name, ...contentionCells(one)]] : [];
    });
    return `${scenarioText(scenario)}\n${table(["", ...CONTENTION_HEAD], rows)}`;
  });
  const rows = strategies.map((one) => [
    one.isSafe ? one.name : painted("red", one.name),
    stallText(one),
    virtualText(one),
    specificationText(one),
    one.about,
  ]);
  const summary = table(
    ["", "Stall: sold twice", "Virtual: failed", "Specification", "Strategy"],
    rows,
  );
  return [head, ...blocks, CONTENTION_LEGEND, summary, verdictOf(report)].join("\n\n");
}

function verdictOf(report: LockReport): string {
  const part = report.isComplete ? "" : "Interrupted; these strategies are finished. ";
  const broken = brokenStrategies(report);
  return broken.length === 0
    ? `${part}No safe strategy sold a seat twice.`
    : `${part}Safe strategies with a seat sold twice, or a failed check: ${broken.join(", ")}.`;
}
