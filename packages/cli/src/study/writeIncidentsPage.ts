import { readFile, writeFile } from "node:fs/promises";
import { type IncidentReport, incidentChart, incidentReportSchema } from "@onsale/simulator/study";
import { chartName, incidentsPage } from "./incidentsPage.ts";

/** The folder of the page, its charts and its figures. */
export const INCIDENTS_FOLDER = new URL("../../../../docs/operate/incidents/", import.meta.url);

/** Reads the stored result of the study. */
export async function readIncidentReport(): Promise<IncidentReport> {
  const text = await readFile(new URL("figures.json", INCIDENTS_FOLDER), "utf8");
  return incidentReportSchema.parse(JSON.parse(text));
}

/** The generated files of the page, by their names. */
export function incidentFiles(report: IncidentReport): ReadonlyMap<string, string> {
  const charts = report.incidents.map(
    (incident) => [chartName(incident), incidentChart(incident, report.bounds.cores)] as const,
  );
  return new Map([["README.md", incidentsPage(report)], ...charts]);
}

/** Writes the page and its charts: `pnpm docs:incidents`. */
if (import.meta.main) {
  for (const [name, text] of incidentFiles(await readIncidentReport())) {
    const file = new URL(name, INCIDENTS_FOLDER);
    await writeFile(file, text);
    process.stdout.write(`${file.pathname}\n`);
  }
}
