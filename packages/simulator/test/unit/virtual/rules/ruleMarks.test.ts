import { expect } from "chai";
import {
  addMarks,
  type MarkCounts,
  missingMarks,
  noMarks,
  RULE_MARKS,
  SEEDS_OF_ALL_MARKS,
} from "../../../../src/virtual/rules/ruleMarks.ts";
import { planRun } from "../../../../src/virtual/runPlan.ts";
import { runSeed } from "../../../../src/virtual/runSeed.ts";

describe("the marks of the rules", () => {
  it("are all reached by the first seeds, and every check passes", async function () {
    this.timeout(240_000);
    let marks: MarkCounts = noMarks;
    for (let seed = 1; seed <= SEEDS_OF_ALL_MARKS && missingMarks(marks).length > 0; seed += 1) {
      if (planRun(seed, {}).rules === undefined) continue;
      const result = await runSeed(seed);
      expect(result.violations, `seed ${seed}`).to.deep.equal([]);
      marks = addMarks(marks, result.marks);
    }
    expect(missingMarks(marks)).to.deep.equal([]);
  });

  it("are not reached by a plain sale", async () => {
    const plain = [1, 2, 3, 4, 5, 6].find((seed) => planRun(seed, {}).rules === undefined) ?? 0;
    const { marks } = await runSeed(plain);
    expect(missingMarks(marks)).to.deep.equal(Object.keys(RULE_MARKS));
  });

  it("are added up over many sales", () => {
    const sum = addMarks({ "hold extended": 2 }, { "hold extended": 1, "sale closed": 4 });
    expect(sum).to.deep.equal({ "hold extended": 3, "sale closed": 4 });
    expect(missingMarks(sum)).to.not.include("sale closed");
    expect(missingMarks(sum)).to.include("price changed");
  });
});

describe("the rules of a virtual sale", () => {
  it("are left out when another study or a runbook needs its own sale", () => {
    const seeds = Array.from({ length: 20 }, (_none, at) => at + 1);
    const ruled = seeds.filter((seed) => planRun(seed, {}).rules);
    expect(ruled.length).to.be.within(3, 14);
    const small = ruled.filter((seed) => planRun(seed, { scenario: { seats: 1 } }).rules);
    expect(small).to.deep.equal([]);
  });
});
