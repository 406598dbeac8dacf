import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import {
  type LoadReport,
  loadChart,
  loadReportSchema,
  mergeLoadReports,
} from "@onsale/simulator/study";
import { loadPage } from "./loadPage.ts";

/** The folder of the page, its chart and its figures. */
export const LOAD_FOLDER = new URL("../../../../../docs/studies/load/", import.meta.url);
const FIGURES = new URL("figures.json", LOAD_FOLDER);

/** Reads the stored figures. */
export async function readLoadReport(): Promise<LoadReport> {
  return loadReportSchema.parse(JSON.parse(await readFile(FIGURES, "utf8")));
}

/** The generated files of the page, by their names. */
export function loadFiles(report: LoadReport): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", loadPage(report)],
    ["load.svg", loadChart(report)],
  ]);
}

/**
 * Stores the figures beside those of the scenarios that were not measured now, and writes the page.
 * @returns the path of the page
 */
export async function writeLoad(report: LoadReport): Promise<string> {
  await mkdir(LOAD_FOLDER, { recursive: true });
  const stored = existsSync(FIGURES) ? mergeLoadReports(await readLoadReport(), report) : report;
  await writeFile(FIGURES, `${JSON.stringify(stored)}\n`);
  return writePage(await readLoadReport());
}

async function writePage(report: LoadReport): Promise<string> {
  for (const [name, text] of loadFiles(report)) await writeFile(new URL(name, LOAD_FOLDER), text);
  return new URL("README.md", LOAD_FOLDER).pathname;
}

/** Writes the page again from the stored figures: `pnpm docs:load`. */
if (import.meta.main) {
  process.stdout.write(`${await writePage(await readLoadReport())}\n`);
}
