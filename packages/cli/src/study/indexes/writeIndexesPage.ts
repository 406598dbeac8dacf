import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import {
  type IndexReport,
  type IndexRun,
  indexChart,
  indexReportSchema,
  withIndexRun,
} from "@onsale/simulator/study";
import { indexesPage } from "./indexesPage.ts";

/** The folder of the page, its chart and its figures. */
export const INDEXES_FOLDER = new URL("../../../../../docs/studies/indexes/", import.meta.url);
const FIGURES = new URL("figures.json", INDEXES_FOLDER);

/** Reads the stored figures. */
export async function readIndexReport(): Promise<IndexReport> {
  return indexReportSchema.parse(JSON.parse(await readFile(FIGURES, "utf8")));
}

/** The generated files of the page, by their names. */
export function indexFiles(report: IndexReport): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", indexesPage(report)],
    ["indexes.svg", indexChart(report)],
  ]);
}

/** Adds the measurement to the stored ones, and writes the page. @returns the path of the page */
export async function writeIndexes(run: IndexRun): Promise<string> {
  await mkdir(INDEXES_FOLDER, { recursive: true });
  const known = existsSync(FIGURES) ? await readIndexReport() : undefined;
  const report = withIndexRun(known, run);
  await writeFile(FIGURES, `${JSON.stringify(report)}\n`);
  return writePage(await readIndexReport());
}

async function writePage(report: IndexReport): Promise<string> {
  for (const [name, text] of indexFiles(report)) {
    await writeFile(new URL(name, INDEXES_FOLDER), text);
  }
  return new URL("README.md", INDEXES_FOLDER).pathname;
}

/** Writes the page again from the stored figures: `pnpm docs:indexes`. */
if (import.meta.main) {
  process.stdout.write(`${await writePage(await readIndexReport())}\n`);
}
