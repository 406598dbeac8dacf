import { readFile } from "node:fs/promises";
import {
  brokenStrategies,
  type LockReport,
  lockChart,
  type StrategyFigures,
} from "@onsale/simulator/locks";
import { meanText } from "@onsale/simulator/terminal";
import { expect } from "chai";
import { drawLocks } from "../../src/locks/drawLocks.ts";
import { locksPage } from "../../src/locks/locksPage.ts";
import { LOCKS_FOLDER, lockFiles, readLockReport } from "../../src/locks/writeLocksPage.ts";

describe("the study of locks", () => {
  let report: LockReport;
  before(async () => {
    report = await readLockReport();
  });

  it("has a page and charts that follow from the stored figures", async () => {
    for (const [name, text] of lockFiles(report)) {
      const stored = await readFile(new URL(name, LOCKS_FOLDER), "utf8");
      expect(stored, `${name}: run pnpm docs:locks`).to.equal(text);
    }
  });

  it("names the strategies that must be safe and sold a seat twice, or failed a check", () => {
    const withFailures = (failedSeeds: number, changes: Partial<StrategyFigures> = {}) => ({
      ...report,
      strategies: report.strategies.map(({ virtual, ...one }) => ({
        ...{ ...one, ...changes },
        ...(virtual && { virtual: { ...virtual, failedSeeds } }),
      })),
    });
    expect(brokenStrategies(withFailures(0))).to.deep.equal([]);
    expect(drawLocks(withFailures(0))).to.contain("No safe strategy sold a seat twice.");
    const safe = report.strategies.filter(({ isSafe }) => isSafe).map(({ name }) => name);
    expect(brokenStrategies(withFailures(1, { losersFail: undefined }))).to.deep.equal(safe);
    expect(brokenStrategies(withFailures(1, { losersFail: true }))).to.deep.equal([]);
    expect(drawLocks(withFailures(0, { isSafe: true }))).to.match(/a failed check: none, /);
  });

  it("leaves room between the longest bar's value and the failures", () => {
    for (const [buyers, seats] of [
      [100, 1],
      [1000, 100],
    ] as const) {
      const chart = lockChart(report, { buyers, seats });
      const values = [
        ...chart.matchAll(/<text class="value" x="([\d.]+)" y="\d+">([\d,.]+ m?s)</g),
      ];
      expect(values.length).to.be.above(10);
      for (const [, x, text = ""] of values) expect(Number(x) + text.length * 8).to.be.below(716);
    }
  });

  it("draws a bar for each strategy, however short its time is", () => {
    const strategies = report.strategies.map((one, at) => ({
      ...one,
      contention: one.contention.map((figures) => ({
        ...figures,
        elapsedMs: { mean: at === 0 ? 1.5 : 900, halfWidth: 0.2, runs: 7 },
      })),
    }));
    const chart = lockChart({ ...report, strategies }, { buyers: 100, seats: 1 });
    const widths = [...chart.matchAll(/<rect class="(?:un)?safe" x="168".* width="([\d.]+)"/g)];
    expect(widths).to.have.length(strategies.length);
    for (const [, width] of widths) expect(Number(width)).to.be.above(5);
  });

  it("shows the same number of double sales in the chart and in the table", () => {
    const [none] = report.strategies;
    const figures = none?.contention.find(({ buyers, seats }) => buyers === 100 && seats === 1);
    const number = figures && meanText(figures.doubleSales);
    expect(lockChart(report, { buyers: 100, seats: 1 })).to.contain(`>sold twice ${number}<`);
    expect(locksPage(report)).to.contain(`| ${number} |`);
  });

  it("compares the default with the fastest other safe strategy of the largest hall", () => {
    expect(locksPage(report)).to.match(/- 1,000 buyers on 100 seats.*: `groups` takes [\d,.]+ ±/);
    const strategies = report.strategies.filter(({ name }) => name !== "groups");
    expect(locksPage({ ...report, strategies })).not.to.contain("The fastest other strategy");
  });

  it("says what each failed check demands", () => {
    expect(locksPage(report)).to.contain("**answers**, no request ends in an internal error");
    const strategies = report.strategies.map(({ virtual: _, ...one }) => one);
    expect(locksPage({ ...report, strategies })).not.to.contain("The checks: ");
  });

  it("draws the figure of the specification only for its scenario", () => {
    expect(lockChart(report, { buyers: 100, seats: 1 })).to.contain('class="spec"');
    expect(lockChart(report, { buyers: 1000, seats: 100 })).not.to.contain('class="spec"');
  });
});
