import { readFile } from "node:fs/promises";
import { type EventsReport, eventsChart, eventsProblems } from "@onsale/simulator/study";
import { expect } from "chai";
import { eventsPage } from "../../src/study/events/eventsPage.ts";
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

  it("says on its page whether a buyer of the product's way felt the notifier", () => {
    expect(eventsPage(report)).to.contain("no buyer was refused, and each median is below the 3 s");
    const cells = report.cells.map((cell) => ({ ...cell, ...median(3_001, 2_900, 3_100) }));
    const page = eventsPage({ ...report, cells });
    expect(page).to.contain("Not as stated: a hold felt a notifier that answers at once;");
    expect(page).not.to.contain("no buyer was refused");
    expect(page).to.contain("| 3,001 (2,900 to 3,100) ms |");
  });

  it("draws every bar within the axis", () => {
    const cells = report.cells.map((cell) => ({ ...cell, ...median(12_000, 9_000, 13_000) }));
    const chart = eventsChart({ ...report, cells });
    expect(chart).to.contain(">100 s<");
    for (const [, width] of chart.matchAll(/<rect class="good" x="250".* width="([\d.]+)"/g)) {
      expect(Number(width)).to.be.below(530);
    }
  });
});

function median(p50Ms: number, least: number, largest: number) {
  return { p50Ms, p50RangeMs: [least, largest] satisfies [number, number] };
}
