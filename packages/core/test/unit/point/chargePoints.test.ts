import { expect } from "chai";
import sinon from "sinon";
import { chargePoints } from "../../../src/point/chargePoints.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import type { LedgerStore } from "../../../src/ports/ledgerStore.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { portOf, unitCore, unitTx } from "../../support/unitCore.ts";

function setUp() {
  const post = sinon.stub().resolves({ balanceAfter: 70, accountVersion: 6 });
  const append = sinon.stub().resolves();
  const core = unitCore({
    ledger: portOf<LedgerStore>({ post }),
    outbox: portOf<CoreContext["outbox"]>({ append }),
  });
  return { post, append, run: async (amount: number) => chargePoints(core, { userId: 9, amount }) };
}

describe("charging points", () => {
  it("posts one entry and tells of it with the account's version", async () => {
    const { run, post, append } = setUp();
    expect(await run(50)).to.deep.equal({ value: { currentPoints: 70 }, replayed: false });
    expect(post.args).to.deep.equal([
      [unitTx, { userId: 9, kind: "CHARGE", amount: 50, entryKey: "charge:id-1" }],
    ]);
    expect(append.firstCall.args[1][0]).to.include({
      aggregateType: "point-account",
      aggregateId: 9,
      aggregateVersion: 6,
      type: "point-account.charged",
    });
  });

  it("refuses an amount that is no whole number from 1 on before it asks anybody", async () => {
    const { run, post } = setUp();
    for (const amount of [0, -5, 0.5]) {
      expect(codeOf(await failureOf(run(amount)))).to.equal("INVALID_INPUT");
    }
    expect(post.called).to.equal(false);
  });

  it("is refused when the balance would pass its limit, and tells of nothing", async () => {
    const { run, post, append } = setUp();
    post.resolves(undefined);
    expect(codeOf(await failureOf(run(50)))).to.equal("BALANCE_LIMIT");
    expect(append.called).to.equal(false);
  });
});
