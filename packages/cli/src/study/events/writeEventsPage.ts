import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type EventsReport, eventsChart, eventsReportSchema } from "@onsale/simulator/study";
import { eventsPage } from "./eventsPage.ts";

/** The folder of the page, its chart and its figures. */
export const EVENTS_FOLDER = new URL("../../../../../docs/studies/events/", import.meta.url);
const FIGURES = new URL("figures.json", EVENTS_FOLDER);

/** Reads the stored figures. */
export async function readEventsReport(): Promise<EventsReport> {
  return eventsReportSchema.parse(JSON.parse(await readFile(FIGURES, "utf8")));
}

/** The generated files of the page, by their names. */
export function eventsFiles(report: EventsReport): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", eventsPage(report)],
    ["events.svg", eventsChart(report)],
  ]);
}

/** Stores the figures, and writes the page from them. @returns the path of the page */
export async function writeEvents(report: EventsReport): Promise<string> {
  await mkdir(EVENTS_FOLDER, { recursive: true });
  await writeFile(FIGURES, `${JSON.stringify(report)}\n`);
  return writePage(await readEventsReport());
}

async function writePage(report: EventsReport): Promise<string> {
  for (const [name, text] of eventsFiles(report)) {
    await writeFile(new URL(name, EVENTS_FOLDER), text);
  }
  return new URL("README.md", EVENTS_FOLDER).pathname;
}

/** Writes the page again from the stored figures: `pnpm docs:events-study`. */
if (import.meta.main) {
  process.stdout.write(`${await writePage(await readEventsReport())}\n`);
}
