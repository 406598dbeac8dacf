import { readFile } from "node:fs/promises";
import { type ServicesReport, servicesChart, TABLE_OWNERS } from "@onsale/simulator/services";
import { expect } from "chai";
import { drawServices } from "../../src/study/services/drawServices.ts";
import { readOwnership } from "../../src/study/services/readOwnership.ts";
import { servicesPage } from "../../src/study/services/servicesPage.ts";
import {
  readServicesReport,
  SERVICES_FOLDER,
  servicesFiles,
} from "../../src/study/services/writeServicesPage.ts";

describe("the study of services", () => {
  let report: ServicesReport;
  before(async () => {
    report = await readServicesReport();
  });

  it("has a page and charts that follow from the stored figures", async () => {
    for (const [name, text] of servicesFiles(report)) {
      const stored = await readFile(new URL(name, SERVICES_FOLDER), "utf8");
      expect(stored, `${name}: run pnpm docs:services`).to.equal(text);
    }
  });

  it("is a full measurement with every kind of sale, every naive split and the servers", () => {
    expect(report.isQuick).to.equal(false);
    const worlds = report.sales.map(({ isSplit, hasFaults }) => [isSplit, hasFaults]);
    expect(worlds).to.deep.equal([
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ]);
    expect(report.naive).to.have.length(5);
    expect(report.live.map(({ inFlight }) => inFlight)).to.deep.equal([1, 16, 1, 16]);
  });

  it("reports a failed sale and a naive split that no check found", () => {
    expect(drawServices(report)).to.contain("passed every check in the end");
    const sales = report.sales.map((sale) => ({ ...sale, failedSeeds: 1 }));
    const naive = report.naive.map((one) => ({ ...one, failedSeeds: 0 }));
    const drawn = drawServices({ ...report, sales, naive });
    expect(drawn).to.contain("A check failed: one transaction");
    expect(drawn).to.contain("Not found: no-idempotency");
  });

  it("decides from its figures, and from none that were not measured", () => {
    const { costs, live } = report;
    const scaled = costs.map((one) => ({ ...one, writes: 7, ms: { ...one.ms, p50: 40 } }));
    const page = servicesPage({ ...report, costs: scaled, live: [] });
    expect(page).to.contain(
      "is 40 ms in place of 40 ms in virtual time, with 7.0 writes in place of 7.0.",
    );
    expect(servicesPage({ ...report, costs: [], live: [] })).not.to.contain("The median time is");
    expect(servicesPage({ ...report, live })).to.contain(
      " on the servers, with one payment in flight",
    );
  });

  it("leaves room for the values behind the longest time of the chart", () => {
    const ms = { count: 9, p50: 61_000, p95: 83_000, max: 99_000 };
    const chart = servicesChart({ ...report, costs: report.costs.map((one) => ({ ...one, ms })) });
    const values = [...chart.matchAll(/class="value" x="([\d.]+)" y="\d+">([^<]+)</g)];
    expect(values.length).to.be.above(3);
    for (const [, x, text = ""] of values) expect(Number(x) + text.length * 6.6).to.be.below(950);
  });

  it("explains a write across a boundary by its folder", () => {
    const ownership = report.ownership.filter(({ folder }) => folder !== "catalog");
    const page = servicesPage({ ...report, ownership });
    expect(page).not.to.contain("creation of a concert");
    expect(page).to.contain("`seats`. This is the transaction that a split cuts.");
  });

  it("names the owners of tables as the sources do now", async () => {
    expect(report.ownership, "run pnpm docs:services").to.deep.equal(await readOwnership());
  });
});

describe("the owners of tables", () => {
  it("are read from the sources: a payment writes tables of the reservations", async () => {
    const ownership = await readOwnership();
    const payment = ownership.find(({ folder }) => folder === "payment");
    expect(payment?.writes).to.include.members(["payments", "point_entries", "reservations"]);
    // The joined UPDATE reads the seat links and writes the seats.
    expect(payment?.writes).to.include("seats");
    expect(payment?.topics).to.include.members(["payment", "point-account", "reservation"]);
    const point = ownership.find(({ folder }) => folder === "point");
    expect(point?.writes).to.deep.equal(["point_accounts", "point_entries"]);
  });

  it("exist for each table that a folder writes", async () => {
    const written = (await readOwnership()).flatMap(({ writes }) => writes);
    expect(written.filter((table) => !TABLE_OWNERS.has(table))).to.deep.equal([]);
  });
});
