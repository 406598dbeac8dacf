import { readFile } from "node:fs/promises";
import { type OutboxReport, outboxProblems } from "@onsale/simulator/study";
import { expect } from "chai";
import { outboxPage } from "../../src/study/events/outboxPage.ts";
import {
  OUTBOX_FOLDER,
  outboxFiles,
  readOutboxReport,
} from "../../src/study/events/writeOutboxPage.ts";

describe("the study of the outbox", () => {
  let report: OutboxReport;
  before(async () => {
    report = await readOutboxReport();
  });

  it("has a page and a chart that follow from the stored figures", async () => {
    for (const [name, text] of outboxFiles(report)) {
      const stored = await readFile(new URL(name, OUTBOX_FOLDER), "utf8");
      expect(stored, `${name}: run pnpm docs:outbox`).to.equal(text);
    }
  });

  it("has a problem when the outbox loses or invents an event, or changes the order", () => {
    expect(outboxProblems(report)).to.deep.equal([]);
    const wrong = report.cells.map((cell) => ({ ...cell, lost: 1, phantom: 1 }));
    expect(outboxProblems({ ...report, cells: wrong, disordered: 1 })).to.deep.equal([
      ...["the outbox lost 4 messages", "the outbox published 4 phantoms"],
      "1 reservations were out of order",
    ]);
    expect(outboxProblems({ ...report, cells: [] })).to.deep.equal(["nothing was tried"]);
  });

  it("says on its page whether the outbox kept its promises", () => {
    expect(outboxPage(report)).to.contain("With the outbox no event was lost");
    const page = outboxPage({ ...report, disordered: 2 });
    expect(page).to.contain("Not as stated: 2 reservations were out of order.");
    expect(page).not.to.contain("no event was lost");
  });
});
