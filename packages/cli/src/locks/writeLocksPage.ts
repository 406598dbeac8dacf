import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type LockReport, lockChart, lockReportSchema } from "@onsale/simulator/locks";
import { CHARTS, locksPage } from "./locksPage.ts";

/** The folder of the page, its charts and its figures. */
export const LOCKS_FOLDER = new URL("../../../../docs/studies/concurrency/", import.meta.url);
const FIGURES = new URL("figures.json", LOCKS_FOLDER);

/** Reads the stored figures. */
export async function readLockReport(): Promise<LockReport> {
  return lockReportSchema.parse(JSON.parse(await readFile(FIGURES, "utf8")));
}

/** The generated files of the page, by their names. */
export function lockFiles(report: LockReport): ReadonlyMap<string, string> {
  const charts = CHARTS.map(({ file, scenario }) => [file, lockChart(report, scenario)] as const);
  return new Map([["README.md", locksPage(report)], ...charts]);
}

/** Stores the figures, and writes the page from them. @returns the path of the page */
export async function writeLocks(report: LockReport): Promise<string> {
  await mkdir(LOCKS_FOLDER, { recursive: true });
  await writeFile(FIGURES, `${JSON.stringify(report)}\n`);
  return writePage(await readLockReport());
}

async function writePage(report: LockReport): Promise<string> {
  for (const [name, text] of lockFiles(report)) await writeFile(new URL(name, LOCKS_FOLDER), text);
  return new URL("README.md", LOCKS_FOLDER).pathname;
}

/** Writes the page again from the stored figures: `pnpm docs:locks`. */
if (import.meta.main) {
  process.stdout.write(`${await writePage(await readLockReport())}\n`);
}
