import { isScenarioGood, type LoadReport, type LoadScenarioResult } from "@onsale/simulator/study";
import { painted, table } from "../../terminal/table.ts";
import {
  bottleneckText,
  coresText,
  countText,
  failuresText,
  msText,
  shareText,
  verdictText,
} from "./loadFigures.ts";

/** Formats the study for a terminal. */
export function drawLoad(report: LoadReport): string {
  const { machine, scenarios, k6, profile } = report;
  const head =
    `${machine.cores} cores shared by all processes: ${machine.cpu}; Node ${machine.node}; ` +
    `${machine.servers.join(", ")}; ${k6}; profile ${profile}`;
  const heads = [
    "SCENARIO",
    "USERS",
    "REQUESTS/S",
    "AVERAGE",
    "P95",
    "REFUSED",
    "FAILED",
    "LIMITS",
  ];
  const rows = scenarios.map((scenario) => {
    const refused = scenario.steps.reduce((sum, { refused: { count } }) => sum + count, 0);
    const isGood = isScenarioGood(scenario);
    return [
      scenario.name,
      countText(scenario.users),
      countText(scenario.perSecond),
      msText(scenario.accepted.averageMs),
      msText(scenario.accepted.p95Ms),
      countText(refused),
      shareText(scenario.failedShare),
      painted(isGood ? "green" : "red", isGood ? "kept" : "missed"),
    ];
  });
  const notes = scenarios.map(
    (scenario) =>
      `${scenario.name}: ${verdictText(scenario)}. Load average before: ` +
      `${scenario.run.loadBefore.toFixed(1)}. Cores: ${coresText(scenario)}; limit: ` +
      `${bottleneckText(scenario, report)}.${failedText(scenario)} ` +
      invariantsText(scenario.invariants),
  );
  return [head, table(heads, rows), notes.join("\n")].join("\n\n");
}

function failedText(scenario: LoadScenarioResult): string {
  const reasons = failuresText(scenario);
  return reasons === "" ? "" : ` Failed: ${reasons}.`;
}

function invariantsText({ checked, broken }: { checked: number; broken: readonly string[] }) {
  return broken.length === 0
    ? `All ${checked} invariants held.`
    : `Broken invariants: ${broken.join(", ")}.`;
}
