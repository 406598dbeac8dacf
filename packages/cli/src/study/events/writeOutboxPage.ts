import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type OutboxReport, outboxChart, outboxReportSchema } from "@onsale/simulator/study";
import { outboxPage } from "./outboxPage.ts";

/** The folder of the page, its chart and its figures. */
export const OUTBOX_FOLDER = new URL("../../../../../docs/studies/outbox/", import.meta.url);
const FIGURES = new URL("figures.json", OUTBOX_FOLDER);

/** Reads the stored figures. */
export async function readOutboxReport(): Promise<OutboxReport> {
  return outboxReportSchema.parse(JSON.parse(await readFile(FIGURES, "utf8")));
}

/** The generated files of the page, by their names. */
export function outboxFiles(report: OutboxReport): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", outboxPage(report)],
    ["outbox.svg", outboxChart(report)],
  ]);
}

/** Stores the figures, and writes the page from them. @returns the path of the page */
export async function writeOutbox(report: OutboxReport): Promise<string> {
  await mkdir(OUTBOX_FOLDER, { recursive: true });
  await writeFile(FIGURES, `${JSON.stringify(report)}\n`);
  return writePage(await readOutboxReport());
}

async function writePage(report: OutboxReport): Promise<string> {
  for (const [name, text] of outboxFiles(report)) {
    await writeFile(new URL(name, OUTBOX_FOLDER), text);
  }
  return new URL("README.md", OUTBOX_FOLDER).pathname;
}

/** Writes the page again from the stored figures: `pnpm docs:outbox`. */
if (import.meta.main) {
  process.stdout.write(`${await writePage(await readOutboxReport())}\n`);
}
