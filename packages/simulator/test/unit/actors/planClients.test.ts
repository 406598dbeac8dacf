import { expect } from "chai";
import { type ClientPlanOptions, planClients } from "../../../src/actors/buyerPlan.ts";
import { randomStreams } from "../../../src/chance/seededRandom.ts";

const CLIENTS: ClientPlanOptions = {
  streams: randomStreams(42),
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

function wishes(options: ClientPlanOptions): unknown[] {
  return planClients(options).map(({ random, ...plan }) => ({ ...plan, draw: random.next() }));
}

describe("planClients", () => {
  it("plans the same buyers for the same seed and others for another seed", () => {
    expect(wishes(CLIENTS)).to.deep.equal(wishes(CLIENTS));
    expect(wishes(CLIENTS)).not.to.deep.equal(wishes({ ...CLIENTS, streams: randomStreams(43) }));
  });

  it("keeps a buyer's other decisions when the share of one trait changes", () => {
    const parties = (options: ClientPlanOptions) =>
      planClients(options).map((plan) => plan.partySize);
    expect(parties({ ...CLIENTS, abandonShare: 0.9 })).to.deep.equal(parties(CLIENTS));
  });

  it("follows the given shares", () => {
    const clients = planClients(CLIENTS);
    const share = (of: (plan: (typeof clients)[number]) => boolean) =>
      clients.filter(of).length / clients.length;
    expect(share((plan) => plan.abandons !== undefined)).to.be.closeTo(0.1, 0.02);
    expect(share((plan) => plan.repeats !== undefined)).to.be.closeTo(0.2, 0.02);
    expect(share((plan) => plan.chargesFirst)).to.be.closeTo(0.5, 0.03);
    expect(share((plan) => plan.partySize === 2)).to.be.closeTo(0.5, 0.03);
    expect(share((plan) => plan.patienceMs > 0)).to.be.closeTo(0.3, 0.03);
  });

  it("numbers users without a gap, in order of arrival", () => {
    const clients = planClients({ ...CLIENTS, buyers: 3 });
    expect(clients.map((plan) => plan.userId)).to.deep.equal([1001, 1002, 1003]);
    const times = clients.map((plan) => plan.arriveAtMs);
    expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
  });
});
