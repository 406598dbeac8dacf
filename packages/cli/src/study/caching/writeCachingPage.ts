import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type CachingReport, cachingChart, cachingReportSchema } from "@onsale/simulator/study";
import { cachingPage } from "./cachingPage.ts";

/** The folder of the page, its chart and its figures. */
export const CACHING_FOLDER = new URL("../../../../../docs/studies/caching/", import.meta.url);
const FIGURES = new URL("figures.json", CACHING_FOLDER);

/** Reads the stored figures. */
export async function readCachingReport(): Promise<CachingReport> {
  return cachingReportSchema.parse(JSON.parse(await readFile(FIGURES, "utf8")));
}

/** The generated files of the page, by their names. */
export function cachingFiles(report: CachingReport): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", cachingPage(report)],
    ["caching.svg", cachingChart(report)],
  ]);
}

/** Stores the figures, and writes the page from them. @returns the path of the page */
export async function writeCaching(report: CachingReport): Promise<string> {
  await mkdir(CACHING_FOLDER, { recursive: true });
  await writeFile(FIGURES, `${JSON.stringify(report)}\n`);
  return writePage(await readCachingReport());
}

async function writePage(report: CachingReport): Promise<string> {
  for (const [name, text] of cachingFiles(report)) {
    await writeFile(new URL(name, CACHING_FOLDER), text);
  }
  return new URL("README.md", CACHING_FOLDER).pathname;
}

/** Writes the page again from the stored figures: `pnpm docs:caching`. */
if (import.meta.main) {
  process.stdout.write(`${await writePage(await readCachingReport())}\n`);
}
