import { expect } from "chai";
import { planUndo } from "../../../src/operations/undoOperation.ts";
import { chargePoints } from "../../../src/point/chargePoints.ts";
import { AMOUNT_MAX } from "../../../src/shared/points.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  makeSale,
  newUserId,
  paid,
} from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import {
  actingAfterCheck,
  operationCases,
  planOf,
  runPlanned,
} from "../../support/operationCases.ts";

const ADJUST = "point.adjust";

describe("point.adjust", () => {
  const current = useMemoryCore();
  let userId = 0;
  const entries = () => current().core.ledger.entriesOf(null, userId, { limit: 10 });
  const balance = () => current().core.ledger.balanceOf(null, userId);

  for (const [what, change, kind] of [
    ["adds points", 500, "ADJUST_CREDIT"],
    ["takes points away", -200, "ADJUST_DEBIT"],
  ] as const) {
    describe(`that ${what}`, () => {
      operationCases({
        operation: ADJUST,
        current,
        read: async () => [await balance(), await entries()],
        async prepare() {
          userId = await chargedUser(current().core, 1_000);
          return { userId, change };
        },
        disturb: () => chargePoints(current().core, { userId, amount: 1 }),
        async expectDone({ jobId }) {
          const [newest, ...earlier] = await entries();
          expect(earlier).to.have.length(1);
          expect(newest).to.include({ kind, amount: Math.abs(change) });
          expect(newest).to.include({ balanceAfter: 1_000 + change });
          expect(newest).to.include({ entryKey: `adjust:job:${jobId}` });
          const record = await current().core.operations.findAudit(null, newest?.adjustAudit ?? 0);
          expect(record).to.include({ jobId, operation: ADJUST, reason: "a test" });
        },
      });
    });
  }

  it("writes an event with the new balance", async () => {
    userId = await chargedUser(current().core, 1_000);
    await runPlanned(current(), await planOf(current(), ADJUST, { userId, change: -200 }));
    const message = (await current().messages()).at(-1);
    expect(message).to.deep.include({
      ...{ type: "point-account.debited", aggregateId: userId, aggregateVersion: 2 },
      payload: { userId, amount: 200, balanceAfter: 800 },
    });
  });

  it("opens the account of a user who has none", async () => {
    userId = newUserId();
    const planned = await planOf(current(), ADJUST, { userId, change: 70 });
    expect(planned.plan.notes.join(" ")).to.include("opens it");
    expect(await runPlanned(current(), planned)).to.include({ status: "DONE" });
    expect(await balance()).to.equal(70);
  });

  it("needs the user's id as confirmation, and a change of 1 to a billion points", async () => {
    userId = await chargedUser(current().core, 1_000);
    const planned = await planOf(current(), ADJUST, { userId, change: 1 });
    expect(planned.confirmation).to.equal(String(userId));
    const without = runPlanned(current(), { ...planned, confirmation: undefined });
    expect(codeOf(await failureOf(without))).to.equal("CONFIRMATION_REQUIRED");
    for (const change of [0, 1.5, AMOUNT_MAX + 1, -AMOUNT_MAX - 1]) {
      const refused = planOf(current(), ADJUST, { userId, change });
      expect(codeOf(await failureOf(refused)), String(change)).to.equal("INVALID_INPUT");
    }
  });

  it("is refused when the balance would be below zero or above its limit", async () => {
    userId = await chargedUser(current().core, 100);
    const below = planOf(current(), ADJUST, { userId, change: -101 });
    expect(codeOf(await failureOf(below))).to.equal("INSUFFICIENT_POINTS");
    const all = await planOf(current(), ADJUST, { userId, change: -100 });
    expect(await runPlanned(current(), all)).to.include({ status: "DONE" });
    expect(await balance()).to.equal(0);
  });

  it("fails without an entry when the points were spent after its plan was checked", async () => {
    const { core } = current();
    userId = await chargedUser(core, 100);
    const { seatIds } = await makeSale(core, 1, { price: 1 });
    const planned = await planOf(current(), ADJUST, { userId, change: -100 });
    const spend = () => paid(current().another(), userId, seatIds);
    const report = await runPlanned(actingAfterCheck(current(), spend), planned);
    expect(report).to.include({ status: "FAILED", changed: 0 });
    expect(report.verifications[0]?.read).to.equal("no entry; the balance is 99");
    expect(await balance()).to.equal(99);
  });

  it("posts one entry when a colleague did the same after a run died before its step", async () => {
    userId = await chargedUser(current().core, 1);
    const change = { userId, change: 77 };
    const planned = await planOf(current(), ADJUST, change);
    current().loseCalls(/ledger\.post/);
    await failureOf(runPlanned(current(), planned));
    current().restoreCalls();
    const colleague = await planOf(current(), ADJUST, change);
    expect(await runPlanned(current(), colleague)).to.include({ status: "DONE" });
    const failure = await failureOf(runPlanned(current(), planned));
    expect(codeOf(failure)).to.equal("PLAN_STALE");
    expect(failure)
      .to.have.nested.property("details.differences")
      .that.deep.includes({ fact: "balance", planned: 1, now: 78 });
    expect(await balance()).to.equal(78);
  });

  it("is undone by the opposite entry, whose audit record names the first one", async () => {
    userId = await chargedUser(current().core, 1_000);
    const planned = await planOf(current(), ADJUST, { userId, change: -200 });
    const { auditId = 0 } = await runPlanned(current(), planned);
    const undo = await planUndo(current().core, auditId);
    expect(undo.plan.sample).to.deep.equal([`user ${userId}: 800 +200 -> 1000`]);
    await runPlanned(current(), undo);
    expect(await balance()).to.equal(1_000);
    const [newest] = await entries();
    expect(newest).to.include({ kind: "ADJUST_CREDIT", amount: 200 });
    const record = await current().core.operations.findAudit(null, newest?.adjustAudit ?? 0);
    expect(record).to.include({ undoes: auditId });
    const twice = await failureOf(planUndo(current().core, auditId));
    expect(codeOf(twice), "a second undo would add the points again").to.equal("CANNOT_UNDO");
  });

  it("is not undone when the user has spent the points", async () => {
    userId = newUserId();
    const planned = await planOf(current(), ADJUST, { userId, change: 50 });
    const { auditId = 0 } = await runPlanned(current(), planned);
    await runPlanned(current(), await planOf(current(), ADJUST, { userId, change: -50 }));
    const undo = planUndo(current().core, auditId);
    expect(codeOf(await failureOf(undo))).to.equal("INSUFFICIENT_POINTS");
  });
});
