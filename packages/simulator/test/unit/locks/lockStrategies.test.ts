import { expect } from "chai";
import { estimateOf } from "../../../src/locks/estimate.ts";
import type { VirtualFigures } from "../../../src/locks/lockReport.ts";
import { measureVirtual } from "../../../src/locks/measureVirtual.ts";
import { LOCK_STRATEGIES, type LockStrategy } from "../../../src/locks/strategies.ts";

/**
 * Sales are run in parts until two buyers read, or lock for reading, a free seat before either one
 * writes. A change of the product moves the first such seed.
 */
const PART_SEEDS = 12;
const RACE_SEEDS_MAX = 360;
const SAFE_SEEDS = 4;

async function virtualSales(
  strategy: LockStrategy,
  firstSeed: number,
  seeds: number,
): Promise<VirtualFigures> {
  const plan = { firstSeed, seeds, msMax: Number.POSITIVE_INFINITY };
  const { signal } = new AbortController();
  const figures = await measureVirtual(strategy, { ...plan, signal, onSeed: () => undefined });
  if (!figures) throw new Error("the virtual sales were interrupted");
  return figures;
}

/** Runs sales until a part of them shows the race. @returns the figures of this part */
async function raceSales(
  name: string,
  isRace: (figures: VirtualFigures) => boolean,
): Promise<VirtualFigures> {
  const found = LOCK_STRATEGIES.find((one) => one.name === name);
  if (!found) throw new Error(`there is no strategy ${name}`);
  for (let first = 1; first <= RACE_SEEDS_MAX; first += PART_SEEDS) {
    const figures = await virtualSales(found, first, PART_SEEDS);
    if (isRace(figures)) return figures;
  }
  throw new Error(`no race in the first ${RACE_SEEDS_MAX} seeds`);
}

describe("a lock strategy in virtual sales", function () {
  this.timeout(60_000);

  it("sells a seat twice with none", async () => {
    const { checks } = await raceSales("none", ({ doubleSaleSeeds }) => doubleSaleSeeds > 0);
    expect(checks).to.include("I1");
  });

  it("ends in an error and no double sale with none and the unique index", async () => {
    const figures = await raceSales("none-index", ({ failedSeeds }) => failedSeeds > 0);
    expect(figures).to.deep.include({ doubleSaleSeeds: 0, checks: ["answers"] });
  });

  it("deadlocks with pessimistic-read", async () => {
    const figures = await raceSales("pessimistic-read", ({ deadlocks }) => deadlocks > 0);
    expect(figures.doubleSaleSeeds).to.equal(0);
  });

  for (const strategy of LOCK_STRATEGIES.filter(({ isSafe }) => isSafe)) {
    if (strategy.statements === "unconditional") continue;
    it(`breaks no check with ${strategy.name}`, async () => {
      const { failedSeeds, firstFailed } = await virtualSales(strategy, 1, SAFE_SEEDS);
      expect(failedSeeds, `seed ${firstFailed}`).to.equal(0);
    });
  }
});

describe("the estimate of a mean", () => {
  it("has the confidence interval of Student's t", () => {
    // Mean 3, standard deviation 1.5811, 4 degrees of freedom: 2.776 * 1.5811 / sqrt(5).
    const { mean, halfWidth } = estimateOf([1, 2, 3, 4, 5]);
    expect(mean).to.equal(3);
    expect(halfWidth).to.be.closeTo(1.963, 0.001);
  });

  it("has no interval for one value", () => {
    expect(estimateOf([7])).to.deep.equal({ mean: 7, halfWidth: 0, runs: 1 });
  });
});
