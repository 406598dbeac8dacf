import { expect } from "chai";
import { balanceOf, pointHistory } from "../../../src/point/balanceOf.ts";
import { chargePoints } from "../../../src/point/chargePoints.ts";
import { POINTS_MAX } from "../../../src/shared/points.ts";
import { chargeInside, codeOf, failureOf, newUserId } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

describe("chargePoints", () => {
  const current = useMemoryCore();
  const userId = newUserId();
  const charge = async (amount: number) => chargePoints(current().core, { userId, amount });
  const entries = () => pointHistory(current().core, { userId, limit: 10 });

  it("appends one ledger entry for each charge, even for two equal amounts", async () => {
    expect(await charge(50)).to.deep.equal({ value: { currentPoints: 50 }, replayed: false });
    expect(await charge(50)).to.deep.equal({ value: { currentPoints: 100 }, replayed: false });
    const [second, first, ...others] = await entries();
    expect(others).to.deep.equal([]);
    expect(first).to.include({ kind: "CHARGE", amount: 50, balanceAfter: 50, accountVersion: 1 });
    expect(second).to.include({ kind: "CHARGE", amount: 50, balanceAfter: 100, accountVersion: 2 });
  });

  it("writes an outbox message with the version of the account for each charge", async () => {
    await charge(50);
    await charge(20);
    expect(await current().messages()).to.have.length(2);
    expect((await current().messages())[1]).to.deep.include({
      aggregateType: "point-account",
      aggregateId: userId,
      aggregateVersion: 2,
      type: "point-account.charged",
      payload: { userId, amount: 20, balanceAfter: 70 },
    });
  });

  it("refuses an amount that is not a whole number from 1, without a call", async () => {
    for (const amount of [0, -5, 0.5]) {
      const calls = await current().callsOf(async () => {
        expect(codeOf(await failureOf(charge(amount)))).to.equal("INVALID_INPUT");
      });
      expect(calls).to.deep.equal([]);
    }
  });

  it("refuses a charge above the balance's limit, and changes nothing", async () => {
    const { core, messages } = current();
    await core.withTransaction((tx) => chargeInside(core, tx, userId, POINTS_MAX - 9));
    expect(codeOf(await failureOf(charge(10)))).to.equal("BALANCE_LIMIT");
    expect(await balanceOf(core, { userId })).to.equal(POINTS_MAX - 9);
    expect([await entries(), await messages()].map((list) => list.length)).to.deep.equal([1, 1]);
    await charge(9);
    expect(await balanceOf(core, { userId })).to.equal(POINTS_MAX);
  });
});
