import { readFile } from "node:fs/promises";
import { type EventsReport, eventsProblems } from "@onsale/simulator/study";
import { expect } from "chai";
import {
  EVENTS_FOLDER,
  eventsFiles,
  readEventsReport,
} from "../../src/study/events/writeEventsPage.ts";

describe("the study of events", () => {
  let report: EventsReport;
  before(async () => {
    report = await readEventsReport();
  });

  it("has a page and a chart that follow from the stored figures", async () => {
    for (const [name, text] of eventsFiles(report)) {
      const stored = await readFile(new URL(name, EVENTS_FOLDER), "utf8");
      expect(stored, `${name}: run pnpm docs:events-study`).to.equal(text);
    }
  });

  it("has a problem when a buyer of the product's way feels the notifier", () => {
    expect(eventsProblems(report)).to.deep.equal([]);
    const refusing = report.cells.map((cell) => ({ ...cell, refused: 1 }));
    expect(eventsProblems({ ...report, cells: refusing })).to.have.length(6);
    expect(eventsProblems({ ...report, cells: [] })).to.deep.equal(["nothing was measured"]);
  });
});
