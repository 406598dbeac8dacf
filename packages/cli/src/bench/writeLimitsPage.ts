import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type BenchReport, benchReportSchema } from "@onsale/simulator/bench";
import { limitsPage } from "./limitsPage.ts";

/** The folder of the page and its figures. */
export const LIMITS_FOLDER = new URL(
  "../../../../docs/develop/performance-limits/",
  import.meta.url,
);
const FIGURES = new URL("figures.json", LIMITS_FOLDER);
const PAGE = new URL("README.md", LIMITS_FOLDER);

/** Reads the stored figures. */
export async function readLimitsReport(): Promise<BenchReport> {
  return benchReportSchema.parse(JSON.parse(await readFile(FIGURES, "utf8")));
}

/** Stores the figures, and writes the page from them. @returns the path of the page */
export async function writeLimits(report: BenchReport): Promise<string> {
  await mkdir(LIMITS_FOLDER, { recursive: true });
  // Profiles are files of this machine, so the figures do not name them.
  const benches = report.benches.map((one) =>
    one.profile === undefined ? one : { ...one, profile: { ...one.profile, files: [] } },
  );
  await writeFile(FIGURES, `${JSON.stringify({ ...report, benches })}\n`);
  return writePage(await readLimitsReport());
}

async function writePage(report: BenchReport): Promise<string> {
  await writeFile(PAGE, limitsPage(report));
  return PAGE.pathname;
}

/** Writes the page again from the stored figures: `pnpm docs:limits`. */
if (import.meta.main) {
  process.stdout.write(`${await writePage(await readLimitsReport())}\n`);
}
