import { expect } from "chai";
import { runServices } from "../../../src/services/runServices.ts";
import { DESIGNED, NAIVE_SPLITS, type SplitFaults } from "../../../src/services/split.ts";

const SPLIT = { isSplit: true, hasFaults: true } as const;

/** The seed that finds each naive split, and a check that must be among those that fail. */
const FOUND_BY: ReadonlyMap<string, { readonly seed: number; readonly check: string }> = new Map([
  ["no-idempotency", { seed: 1, check: "I4" }],
  ["record-first", { seed: 4, check: "liveness" }],
  ["no-compensation", { seed: 1, check: "I2" }],
  ["revive-hold", { seed: 1, check: "I1" }],
  ["refund-on-guess", { seed: 1, check: "I4" }],
]);

async function checksOf(seed: number, splitFaults: SplitFaults): Promise<readonly string[]> {
  const { endViolations } = await runServices(seed, { ...SPLIT, splitFaults });
  return endViolations.map(({ check }) => check);
}

describe("the payment service split off, in virtual time", function () {
  this.timeout(60_000);

  it("has the same history for the same seed", async () => {
    const [one, again, other] = await Promise.all([
      runServices(2, { ...SPLIT, traced: true }),
      runServices(2, { ...SPLIT, traced: true }),
      runServices(3, { ...SPLIT, traced: true }),
    ]);
    expect(one.digest).to.equal(again.digest);
    expect(one.payments).to.deep.equal(again.payments);
    expect(one.digest).to.not.equal(other.digest);
  });

  it("violates no invariant at any moment in one transaction", async () => {
    for (const hasFaults of [false, true]) {
      for (let seed = 1; seed <= 3; seed += 1) {
        const run = await runServices(seed, { isSplit: false, hasFaults });
        expect(run.endViolations, `seed ${seed}`).to.deep.equal([]);
        expect(run.spans, `seed ${seed}`).to.deep.equal([]);
        expect(run.deliveries).to.equal(0);
      }
    }
  });

  it("holds I2 and I4 only in the end, and every other invariant always", async () => {
    const violated = new Set<string>();
    const states = new Set<string>();
    for (let seed = 1; seed <= 6; seed += 1) {
      const run = await runServices(seed, SPLIT);
      expect(run.endViolations, `seed ${seed}`).to.deep.equal([]);
      for (const { invariant, untilMs } of run.spans) {
        violated.add(invariant);
        expect(untilMs, `seed ${seed}`).to.be.a("number");
      }
      for (const payment of run.payments) for (const { state } of payment.states) states.add(state);
    }
    expect([...violated].sort()).to.deep.equal(["I2", "I4"]);
    expect(states).to.include.keys("PAYING", "CONFIRMED", "REFUNDING", "RETURNED", "REFUSED");
  });

  for (const { name, faults } of NAIVE_SPLITS) {
    it(`finds the naive split ${name}`, async () => {
      const found = FOUND_BY.get(name);
      if (!found) return expect.fail(`name the seed that finds ${name}`);
      expect(await checksOf(found.seed, faults)).to.include(found.check);
      expect(await checksOf(found.seed, DESIGNED)).to.deep.equal([]);
    });
  }
});
