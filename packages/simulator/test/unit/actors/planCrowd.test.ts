import { expect } from "chai";
import { type CrowdOptions, planCrowd } from "../../../src/actors/buyerPlan.ts";

const CROWD: CrowdOptions = {
  seed: 42,
  buyers: 4000,
  firstUserId: 1001,
  arrival: "poisson",
  durationMs: 5000,
  partySizes: new Map([
    [1, 0.5],
    [2, 0.5],
  ]),
  abandonShare: 0.1,
  retryShare: 0.2,
  chargeShare: 0.5,
  patienceMs: 8000,
};

function wishes(options: CrowdOptions): unknown[] {
  return planCrowd(options).map(({ random, ...plan }) => ({ ...plan, draw: random.next() }));
}

describe("planCrowd", () => {
  it("gives the same buyers for the same seed, and others for another", () => {
    expect(wishes(CROWD)).to.deep.equal(wishes(CROWD));
    expect(wishes(CROWD)).not.to.deep.equal(wishes({ ...CROWD, seed: 43 }));
  });

  it("keeps a buyer's wishes when the share of another trait changes", () => {
    const parties = (options: CrowdOptions) => planCrowd(options).map((plan) => plan.partySize);
    expect(parties({ ...CROWD, abandonShare: 0.9 })).to.deep.equal(parties(CROWD));
  });

  it("follows the shares it was given", () => {
    const crowd = planCrowd(CROWD);
    const share = (of: (plan: (typeof crowd)[number]) => boolean) =>
      crowd.filter(of).length / crowd.length;
    expect(share((plan) => plan.abandons !== undefined)).to.be.closeTo(0.1, 0.02);
    expect(share((plan) => plan.repeats !== undefined)).to.be.closeTo(0.2, 0.02);
    expect(share((plan) => plan.chargesFirst)).to.be.closeTo(0.5, 0.03);
    expect(share((plan) => plan.partySize === 2)).to.be.closeTo(0.5, 0.03);
    expect(share((plan) => plan.patienceMs > 0)).to.be.closeTo(0.3, 0.03);
  });

  it("numbers users without a gap and brings them in order", () => {
    const crowd = planCrowd({ ...CROWD, buyers: 3 });
    expect(crowd.map((plan) => plan.userId)).to.deep.equal([1001, 1002, 1003]);
    const times = crowd.map((plan) => plan.arriveAtMs);
    expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
  });
});
