import { mkdir, readFile, writeFile } from "node:fs/promises";
import {
  boundariesChart,
  type ServicesReport,
  servicesChart,
  servicesReportSchema,
} from "@onsale/simulator/services";
import { readOwnership } from "./readOwnership.ts";
import { servicesPage } from "./servicesPage.ts";

/** The folder of the page, its charts and its figures. */
export const SERVICES_FOLDER = new URL("../../../../../docs/studies/services/", import.meta.url);
const FIGURES = new URL("figures.json", SERVICES_FOLDER);

/** Reads the stored figures. */
export async function readServicesReport(): Promise<ServicesReport> {
  return servicesReportSchema.parse(JSON.parse(await readFile(FIGURES, "utf8")));
}

/** The generated files of the page, by their names. */
export function servicesFiles(report: ServicesReport): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", servicesPage(report)],
    ["services.svg", servicesChart(report)],
    ["boundaries.svg", boundariesChart(report.ownership)],
  ]);
}

/** Stores the figures, and writes the page from them. @returns the path of the page */
export async function writeServices(report: ServicesReport): Promise<string> {
  await mkdir(SERVICES_FOLDER, { recursive: true });
  await writeFile(FIGURES, `${JSON.stringify(report)}\n`);
  return writePage(await readServicesReport());
}

async function writePage(report: ServicesReport): Promise<string> {
  for (const [name, text] of servicesFiles(report)) {
    await writeFile(new URL(name, SERVICES_FOLDER), text);
  }
  return new URL("README.md", SERVICES_FOLDER).pathname;
}

/**
 * Writes the page again from the stored figures: `pnpm docs:services`. The owners of the tables are
 * not measured, so they are read again from the sources.
 */
if (import.meta.main) {
  const ownership = [...(await readOwnership())];
  process.stdout.write(`${await writeServices({ ...(await readServicesReport()), ownership })}\n`);
}
