import { expect } from "chai";
import { randomStreams } from "../../../../src/chance/seededRandom.ts";
import { minimise } from "../../../../src/virtual/explore/minimise.ts";
import { saleRulesOf } from "../../../../src/virtual/rules/saleRules.ts";
import { runSeed } from "../../../../src/virtual/runSeed.ts";
import type { Schedule } from "../../../../src/virtual/schedule.ts";
import type { CheckId } from "../../../../src/virtual/violations.ts";
import { type CaughtFault, mutantOf } from "../../../support/mutants/plantedFault.ts";
import { firstSighting } from "../../../support/mutants/tryMutant.ts";
import { MUTANTS } from "../../../support/mutants.ts";

/** One mutant needs buyers to fail, the other needs faults and choices. */
const NAMES = ["hold whatever the status, no index", "consumer without inbox"];

/** The schedule without one of its buyers, of its faults, of its choices. */
function* lessByOne(schedule: Schedule): Generator<Schedule> {
  const { buyers = new Set(), faults = new Set(), choices = new Map() } = schedule;
  for (const one of buyers) yield { ...schedule, buyers: without(buyers, one) };
  for (const one of faults) yield { ...schedule, faults: without(faults, one) };
  for (const one of choices.keys()) {
    yield { ...schedule, choices: new Map([...choices].filter(([at]) => at !== one)) };
  }
}

function without<T>(all: ReadonlySet<T>, one: T): ReadonlySet<T> {
  return new Set([...all].filter((each) => each !== one));
}

/** Of a plain sale: one with rules can use up the tries before nothing is left to leave out. */
async function firstPlainSeedOf(mutant: CaughtFault): Promise<number> {
  for (let fromSeed = 1; ; ) {
    const seeds = { fromSeed, toSeed: mutant.seedsMax, by: mutant.caughtBy[0] };
    const sighting = await firstSighting(() => mutantOf(mutant), seeds);
    if (!sighting) throw new Error(`no plain seed shows ${mutant.name}`);
    if (saleRulesOf(randomStreams(sighting.seed)) === undefined) return sighting.seed;
    fromSeed = sighting.seed + 1;
  }
}

describe("minimise", function () {
  // Hundreds of runs each.
  this.timeout(60_000);

  for (const mutant of MUTANTS.filter(({ name }) => NAMES.includes(name))) {
    it(`keeps only the parts that the failure needs: ${mutant.name}`, async () => {
      const seed = await firstPlainSeedOf(mutant);
      const minimised = await minimise(seed, { mutant: mutantOf(mutant) });
      if (!minimised) throw new Error("the run did not fail");
      const { schedule, result } = minimised;
      const check: CheckId = mutant.caughtBy[0];
      expect(result.violations.map((each) => each.check)).to.include(check);
      for (const less of lessByOne(schedule)) {
        const { violations } = await runSeed(seed, { mutant: mutantOf(mutant), schedule: less });
        expect(violations.map((each) => each.check)).to.not.include(check);
      }
    });
  }

  it("returns undefined for a run that does not fail", async () => {
    expect(await minimise(1)).to.equal(undefined);
  });

  it("returns the smallest run so far when its signal aborts", async () => {
    const [mutant] = MUTANTS;
    const seeds = { fromSeed: 1, toSeed: mutant?.seedsMax ?? 0 };
    const sighting = mutant && (await firstSighting(() => mutantOf(mutant), seeds));
    const ending = new AbortController();
    const minimised = await minimise(sighting?.seed ?? 0, {
      mutant: mutant && mutantOf(mutant),
      signal: ending.signal,
      onTry: (tries) => tries === 5 && ending.abort(),
    });
    expect(minimised?.tries).to.equal(5);
  });
});
