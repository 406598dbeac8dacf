import { readFile } from "node:fs/promises";
import { expect } from "chai";
import * as circumstances from "../../support/mutants/circumstances.ts";
import { measuredSeeds } from "../../support/mutants/measuredSeeds.ts";
import {
  type Circumstances,
  mutantOf,
  type PlantedFault,
} from "../../support/mutants/plantedFault.ts";
import { firstSighting, sightingOf } from "../../support/mutants/tryMutant.ts";
import { HARMLESS_MUTANTS, MUTANTS } from "../../support/mutants.ts";

const ROOT = new URL("../../../../../", import.meta.url);
/** Seeds in which a benign mutant must show no violation. */
const FEW = { fromSeed: 1, toSeed: 25 };
/** Number of seeds that the unchanged product must pass at least. */
const FIRST_SEEDS = 200;

describe("mutants of the virtual engine", function () {
  // The rarest mutants take hundreds of runs.
  this.timeout(120_000);

  /** The seeds that a mutant needed; the product must pass the same seeds. */
  const seedsTried = new Map<Circumstances | undefined, number>();
  let measured: ReadonlyMap<PlantedFault, number> = new Map();
  before("reads the measured seeds", async () => {
    measured = await measuredSeeds(MUTANTS);
  });

  for (const mutant of MUTANTS) {
    const { name, circumstances: within, caughtBy, seedsMax } = mutant;
    const where = within ? `, ${within.says},` : "";
    it(`${name}${where} is caught by ${caughtBy[0]} within ${seedsMax} seeds`, async () => {
      const sighting = await sightingOf(mutant, measured.get(mutant));
      expect(sighting, "nothing was found").to.not.equal(undefined);
      expect(caughtBy).to.include.members([...(sighting?.checks ?? [])]);
      seedsTried.set(within, Math.max(seedsTried.get(within) ?? 0, sighting?.seed ?? 0));
    });
  }

  for (const mutant of HARMLESS_MUTANTS) {
    it(`${mutant.name} is caught by no check: ${mutant.because}`, async () => {
      const sighting = await firstSighting(() => mutantOf(mutant), FEW);
      expect(sighting).to.equal(undefined);
    });
  }

  it(`the product without a mutant passes those seeds, and the first ${FIRST_SEEDS}`, async () => {
    const toSeed = Math.max(FIRST_SEEDS, seedsTried.get(undefined) ?? 0);
    expect(await firstSighting(() => undefined, { fromSeed: 1, toSeed })).to.equal(undefined);
  });

  for (const within of Object.values(circumstances)) {
    it(`the product without a mutant passes the same seeds ${within.says}`, async () => {
      const toSeed = Math.max(FEW.toSeed, seedsTried.get(within) ?? 0);
      const sighting = await firstSighting(() => within.mutant, { fromSeed: 1, toSeed });
      expect(sighting).to.equal(undefined);
    });
  }
});

describe("the list of mutants of the virtual engine", () => {
  const all = [...MUTANTS, ...HARMLESS_MUTANTS];

  it("names only places that exist in the product", async () => {
    for (const { name, place } of all) {
      const text = await readFile(new URL(place.path, ROOT), "utf8");
      expect(text.includes(place.text), `${name}: ${place.text} in ${place.path}`).to.equal(true);
    }
  });

  it("has a description of every mutant in docs/develop/MUTANTS.md", async () => {
    const page = await readFile(new URL("docs/develop/MUTANTS.md", ROOT), "utf8");
    const missing = all.filter(({ name, plants }) => !page.includes(`| ${name}: ${plants}`));
    expect(missing.map(({ name }) => name)).to.deep.equal([]);
  });

  it("has a mutant that is caught by each check of the engine", () => {
    // Only the first check of each mutant must see the mutant.
    const catching = new Set(MUTANTS.map(({ caughtBy }) => caughtBy[0]));
    expect([...catching]).to.include.members([
      ...["I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10"],
      ...["answers", "keys", "charges", "line", "rules", "service", "sales", "loops", "liveness"],
    ]);
  });
});
