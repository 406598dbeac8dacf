import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  type IndexReport,
  type IndexRun,
  indexChart,
  indexReportSchema,
  withIndexRun,
} from "@onsale/simulator/study";
import { CliError, EXIT } from "../../cliError.ts";
import { indexesPage } from "./indexesPage.ts";

/** The folder of the page, its chart and its figures. */
export const INDEXES_FOLDER = new URL("../../../../../docs/studies/indexes/", import.meta.url);
const FIGURES = new URL("figures.json", INDEXES_FOLDER);

/** Reads the stored figures. */
export async function readIndexReport(file = FIGURES): Promise<IndexReport> {
  return indexReportSchema.parse(JSON.parse(await readFile(file, "utf8")));
}

/**
 * Reads the stored figures, which a measurement is added to.
 * @returns undefined when there are none
 * @throws CliError with exit code 3 when the file has other content, as after a conflict of Git
 */
export async function knownIndexReport(file = FIGURES): Promise<IndexReport | undefined> {
  if (!existsSync(file)) return undefined;
  return readIndexReport(file).catch((cause: unknown) => {
    const message = `${fileURLToPath(file)} has no figures of this study`;
    const next = "Restore the file, or remove it to begin without the earlier measurements.";
    throw new CliError("FIGURES_UNREADABLE", message, { exitCode: EXIT.precondition, cause, next });
  });
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
  const report = withIndexRun(await knownIndexReport(), run);
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
