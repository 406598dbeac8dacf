import { LEDGER_RULES } from "@onsale/core/testing";
import { expect } from "chai";
import { damageFindings } from "../../../src/diagnosis/invariantFindings.ts";
import { chargePoints } from "../../../src/point/chargePoints.ts";
import type { InvariantReader } from "../../../src/ports/invariantReader.ts";
import type { ManualRequest } from "../../../src/runbook/runbookStep.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { expectInvariants } from "../../support/expectInvariants.ts";
import { chargedUser, codeOf, failureOf } from "../../support/fixtures.ts";
import { plantDamage } from "../../support/memoryInvariantFixture.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { planOf, runPlanned } from "../../support/operationCases.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";

const runbook = "ledger-mismatch";
const subject = QUEUE_ID;
const acknowledge = { manual: async (_step: ManualRequest) => true };

describe("the runbook ledger-mismatch", () => {
  const current = useMemoryQueue({}, { isDamaged: true });
  let userId = 0;
  const modeOf = async () => (await current().stats()).settings.mode;
  const balance = () => current().core.ledger.balanceOf(null, userId);
  const prepare = async () => {
    await current().promote();
    userId = await chargedUser(current().core, 1_000);
    await chargePoints(current().core, { userId, amount: 500 });
    await plantDamage(current().servers, ({ update }) =>
      update("pointAccounts", { userId }, { balance: 1 }),
    );
    const [found] = await damageFindings(current().core);
    expect(found).to.include({ code: "LEDGER_MISMATCH", runbook });
    expect(found?.message).to.include(LEDGER_RULES.sum).and.include(`"userId":${userId}`);
    return subject;
  };

  runbookCases({
    ...{ runbook, current, handlers: acknowledge, prepare, breaks: ["I3"] },
    read: async () => [await modeOf(), await balance()],
    disturb: () =>
      plantDamage(current().servers, ({ update }) =>
        update("pointAccounts", { userId }, { balance: 1_500 }),
      ),
    async expectDone() {
      expect([await modeOf(), await balance()]).to.deep.equal(["open", 1_500]);
      await expectInvariants(current().core);
    },
  });

  it("ends although each check of the data takes longer than the lease of the run", async () => {
    await prepare();
    const { clock, core } = current();
    const read: InvariantReader["read"] = async (check, options) => {
      await clock.sleep(15_000);
      return core.invariantReader.read(check, options);
    };
    const slow = { ...core, invariantReader: { ...core.invariantReader, read } };
    const planned = await planRunbook(slow, { runbook, subject });
    const report = await runBook({ core: slow }, planned, { handlers: acknowledge });
    expect(report).to.include({ status: "DONE" });
    expect(await balance()).to.equal(1_500);
  });

  it("stays paused with the evidence when the ledger itself is damaged", async () => {
    await prepare();
    await plantDamage(current().servers, ({ update }) =>
      update("pointEntries", { userId, amount: 1_000 }, { amount: 900 }),
    );
    const planned = await planRunbook(current().core, { runbook, subject });
    const report = await runBook(current(), planned, { handlers: acknowledge });
    expect(report).to.include({ status: "FAILED", failedStep: "ledger-is-right" });
    expect(report.verifications[0]?.read).to.include(`"userId":${userId}`);
    expect([await modeOf(), await balance()]).to.deep.equal(["paused", 1]);
  });
});

describe("point.restoreBalance", () => {
  const current = useMemoryQueue({}, { isDamaged: true });
  let userId = 0;
  const account = () => current().core.ledger.findAccount(null, userId);
  const prepare = async (balance = 7) => {
    userId = await chargedUser(current().core, 1_000);
    await plantDamage(current().servers, ({ update }) =>
      update("pointAccounts", { userId }, { balance }),
    );
    return { userId };
  };

  it("sets the balance without an entry, and is refused after a new entry", async () => {
    const { core } = current();
    const input = await prepare();
    const stale = await planOf(current(), "point.restoreBalance", input);
    await chargePoints(core, { userId, amount: 5 });
    expect(codeOf(await failureOf(runPlanned(current(), stale)))).to.equal("INVALID_INPUT");
    await plantDamage(current().servers, ({ update }) => {
      update("pointAccounts", { userId }, { balance: 7 });
      update("pointEntries", { userId, amount: 5 }, { balanceAfter: 1_005 });
    });
    const planned = await planOf(current(), "point.restoreBalance", input);
    const report = await runPlanned(current(), planned);
    expect(report).to.include({ status: "DONE", changed: 1 });
    expect(await account()).to.deep.equal({ balance: 1_005, version: 2 });
    expect(await core.ledger.entriesOf(null, userId, { limit: 10 })).to.have.length(2);
  });

  it("is refused when the balance is right, or an entry is missing", async () => {
    const input = await prepare(1_000);
    const right = await failureOf(planOf(current(), "point.restoreBalance", input));
    expect(codeOf(right)).to.equal("INVALID_INPUT");
    await plantDamage(current().servers, ({ remove }) => remove("pointEntries", { userId }));
    const missing = await failureOf(planOf(current(), "point.restoreBalance", input));
    expect(codeOf(missing)).to.equal("INVALID_INPUT");
  });
});
