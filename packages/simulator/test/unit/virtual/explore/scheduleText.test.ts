import { expect } from "chai";
import fc from "fast-check";
import {
  parseReplay,
  ReplayTextError,
  replayText,
} from "../../../../src/virtual/explore/scheduleText.ts";

/** Names of faults as a run gives them. */
const faultId = fc
  .tuple(
    fc.constantFrom("scheduled", "api-1", "worker-2.3", "buyer-4", "buyer-5.2@api-1"),
    fc.integer({ min: 1 }),
  )
  .map(([where, call]) => `${where}#${call}`);

const schedule = fc.record(
  {
    buyers: fc.uniqueArray(fc.nat()).map((buyers) => new Set(buyers)),
    faults: fc.uniqueArray(faultId).map((ids) => new Set(ids)),
    salt: fc.nat(),
    choices: fc
      .uniqueArray(fc.tuple(fc.nat(), fc.nat()), { selector: ([at]) => at })
      .map((choices) => new Map(choices)),
  },
  { requiredKeys: [] },
);

/** Every seed that there is. */
const seed = fc.nat({ max: 2 ** 31 - 1 });

describe("a run as one word", () => {
  it("is parsed to the same run, for any schedule", () => {
    fc.assert(
      fc.property(fc.record({ seed, schedule }), (replay) => {
        expect(parseReplay(replayText(replay))).to.deep.equal(replay);
      }),
    );
  });

  it("is only the seed when nothing of the run is left out", () => {
    expect(replayText({ seed: 17, schedule: {} })).to.equal("17");
    expect(parseReplay("17")).to.deep.equal({ seed: 17, schedule: {} });
  });

  it("distinguishes empty lists from lists that are left out", () => {
    const nothing = { buyers: new Set<number>(), faults: new Set<string>(), choices: new Map() };
    expect(replayText({ seed: 17, schedule: nothing })).to.equal("17:b=/f=/c=");
    expect(parseReplay("17:b=/f=/c=")).to.deep.equal({ seed: 17, schedule: nothing });
  });

  for (const bad of [
    ...["", "nonsense", "17:", "17:b", "17:b=1/b=2", "17:b=-1", "17:b=one", "17:x=1"],
    ...["17:c=5", "17:c=1x2x3", String(2 ** 31), "9".repeat(11)],
  ]) {
    it(`is refused as "${bad}"`, () => {
      expect(() => parseReplay(bad)).to.throw(ReplayTextError);
    });
  }
});
