import { readFile } from "node:fs/promises";
import { expect } from "chai";
import {
  coresOf,
  cpuRatio,
  latencyOf,
  productCpuUs,
  totalCpuRatio,
} from "../../src/bench/benchFigures.ts";
import { type Goal, goalsOf, verdictOf } from "../../src/bench/limitsGoals.ts";
import { limitsPage } from "../../src/bench/limitsPage.ts";
import { LIMITS_FOLDER, readLimitsReport } from "../../src/bench/writeLimitsPage.ts";
import { benchReport } from "../support/benchReports.ts";

function comparison() {
  const [first] = benchReport().benches[0]?.comparisons ?? [];
  if (first === undefined) throw new Error("no comparison");
  return first;
}

describe("the page of limits", () => {
  it("is committed as generated from its figures", async () => {
    const committed = await readFile(new URL("README.md", LIMITS_FOLDER), "utf8");
    const isSame = committed === limitsPage(await readLimitsReport());
    expect(isSame, "run `pnpm docs:limits`").to.equal(true);
  });

  it("says how much other programs disturbed the measurement", () => {
    expect(limitsPage(benchReport())).to.include("| Other programs | used up to 0.0 cores");
  });

  it("compares each goal with what was reached", () => {
    const page = limitsPage(benchReport());
    expect(page).to.include(
      "| Accepted holds to V0 | 0.50 x | at least 1.60 x | 3.00 x | missed |",
    );
    expect(page).to.include(
      "| CPU of a hold, API alone | 500 us | at most 220 us | 130 us | missed |",
    );
  });

  it("divides a hold by party and by module", () => {
    const packages = [
      { name: "koa", ms: 60, share: 0.6 },
      { name: "zod", ms: 39.5, share: 0.395 },
      { name: "rare", ms: 0.5, share: 0.005 },
    ];
    const profile = { busyMs: 100, idleMs: 0, packages, functions: [], files: [] };
    const page = limitsPage(benchReport({ profile }));
    expect(page).to.include("| MySQL | - | 220 us |");
    expect(page).to.include("| **API, MySQL and Redis** | **512 us** | 220 us |");
    expect(page).to.include("| koa | 60.0 % | 300 us |");
    expect(page).to.include("| all others | 0.5 % | 3 us |").and.not.include("| rare |");
  });

  it("says that a benchmark broke an invariant", () => {
    const broken = { id: "I1", title: "x", holds: false, rowsRead: 7, violationCount: 2 };
    const page = limitsPage(benchReport({ invariants: [broken], failures: 4 }));
    expect(page).to.include("**Broken: I1; 4 operations failed.**");
  });
});

describe("goalsOf", () => {
  it("has only the goals of benchmarks that ran", () => {
    const names = new Set(goalsOf(benchReport()).map(({ text }) => text));
    expect(names).to.include("Accepted holds to V0").and.not.include("Charges to their bare loop");
  });
});

describe("verdictOf", () => {
  const more: Goal = {
    ...{ text: "x", unit: "x", goal: 1.5, stretch: 3, isMoreBetter: true, reached: undefined },
  };
  const less: Goal = { ...more, goal: 100, stretch: 60, isMoreBetter: false };

  it("compares with goal and stretch in the direction of the figure", () => {
    const verdicts = [1.4, 1.5, 3].map((reached) => verdictOf({ ...more, reached }));
    expect(verdicts).to.deep.equal(["missed", "reached", "stretch"]);
    const times = [101, 100, 60].map((reached) => verdictOf({ ...less, reached }));
    expect(times).to.deep.equal(["missed", "reached", "stretch"]);
    expect(verdictOf(more)).to.equal("not measured");
  });
});

describe("the figures of a comparison", () => {
  it("add up the parties of the product, without clients and yardstick", () => {
    expect(productCpuUs(comparison().product)).to.equal(512);
    expect(productCpuUs(comparison().yardstick)).to.equal(220);
  });

  it("compare a bare server with the API, and any yardstick by the CPU of all parties", () => {
    const one = comparison();
    expect(totalCpuRatio(one)).to.be.closeTo(370 / 532, 1e-9);
    expect(cpuRatio(one)).to.equal(undefined);
    const bare = { ...one.yardstick, cpuUs: { yardstick: 150, load: 10 } };
    expect(cpuRatio({ ...one, yardstick: bare })).to.equal(0.3);
  });

  it("show how many cores each party and other programs used", () => {
    const cores = coresOf(comparison().product);
    expect(cores.get("api")).to.be.closeTo(0.049, 1e-9);
    expect(cores.get("others")).to.be.closeTo(0.008, 1e-9);
  });

  it("take the median of a percentile, and have none without accepted operations", () => {
    const { product } = comparison();
    expect(latencyOf(product, "p95")).to.equal(2);
    expect(latencyOf({ ...product, rounds: [] }, "p95")).to.equal(undefined);
  });
});
