import { corrupted } from "@onsale/conformance/invariants/corruption";
import { CORRUPTIONS } from "@onsale/conformance/invariants/corruptions";
import { ANN, BOB, PERFORMANCE } from "@onsale/conformance/invariants/historyFacts";
import type { History } from "@onsale/conformance/invariants/historyRows";
import { wholeHistory } from "@onsale/conformance/invariants/wholeHistory";
import { expect } from "chai";
import { reconcileAccount } from "../../../src/invariants/reconcileAccount.ts";
import { chargePoints } from "../../../src/point/chargePoints.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { chargedUser, makeSale, paid } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { memoryInvariantFixture } from "../../support/memoryInvariantFixture.ts";

describe("reconcileAccount", () => {
  let fixture: ReturnType<typeof memoryInvariantFixture>;
  let whole: History;

  beforeEach("plants a whole history with its performance", async () => {
    fixture = memoryInvariantFixture(fakeClock());
    let performanceId = 0;
    while (performanceId < PERFORMANCE) {
      ({ performanceId } = await makeSale(fixture.core, 1));
    }
    whole = wholeHistory(await fixture.nowUs());
    await fixture.plant(whole.rows);
  });

  it("finds no difference in a whole history, and sums up what it read", async () => {
    const ann = await reconcileAccount(fixture.core, ANN);
    expect(ann).to.deep.equal({
      ...{ userId: ANN, balance: 98_000, entriesSum: 98_000 },
      ...{ entryCount: 4, paymentCount: 2, differences: [] },
    });
    expect((await reconcileAccount(fixture.core, BOB)).differences).to.deep.equal([]);
  });

  for (const corruption of CORRUPTIONS) {
    const { breaks, what, foundBy } = corruption;
    if (breaks !== "I3" && breaks !== "I4") continue;
    it(`finds ${what} in the rows of one user (${breaks})`, async () => {
      await fixture.plant(corrupted(whole, [corruption]).rows);
      const found = await Promise.all(
        [ANN, BOB].map((userId) => reconcileAccount(fixture.core, userId)),
      );
      const messages = found.flatMap(({ differences }) =>
        differences.map(({ invariant, message }) => `${invariant} ${message}`),
      );
      expect(messages).to.include(`${breaks} ${foundBy}`);
    });
  }
});

describe("reconcileAccount during a sale", () => {
  const current = useMemoryCore();

  it("finds no difference while the user charges and pays", async () => {
    const { core } = current();
    const userId = await chargedUser(core);
    const { seatIds } = await makeSale(core, 3);
    const changes = seatIds.map((seatId) => paid(core, userId, [seatId]));
    const charges = [1, 2, 3].map((amount) => chargePoints(core, { userId, amount }));
    const looks = Array.from({ length: 5 }, () => reconcileAccount(core, userId));
    await Promise.all([...changes, ...charges]);
    for (const { differences } of await Promise.all(looks)) expect(differences).to.deep.equal([]);
  });

  it("changes nothing", async () => {
    const { core } = current();
    const userId = await chargedUser(core);
    const calls = await current().callsOf(() => reconcileAccount(core, userId));
    expect(calls.join(" ")).to.match(/^(mysql (ledger|payments|reservations)\.\w+(:\w+)? ?)+$/);
    expect(calls.join(" ")).to.not.match(/post|insert|lock/);
  });
});
