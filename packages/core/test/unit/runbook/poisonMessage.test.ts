import { expect } from "chai";
import { outboxFindings } from "../../../src/diagnosis/outboxFindings.ts";
import { chargePoints } from "../../../src/point/chargePoints.ts";
import type { ManualRequest } from "../../../src/runbook/runbookStep.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { chargedUser } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";
import { useWorkerLoops } from "../../support/workerLoops.ts";

const runbook = "poison-message";

describe("the runbook poison-message", () => {
  const current = useMemoryCore();
  const worker = useWorkerLoops(current);
  const handlers = {
    async manual({ step }: ManualRequest) {
      if (step.name === "mend-cause") worker.isBrokerRefusing = false;
      return true;
    },
  };
  /** The relay gives the first message up after its last attempt. */
  const untilDead = async () => {
    const { core, clock } = current();
    for (let passed = 0; (await core.outbox.counts(null)).dead === 0; passed += 1) {
      if (passed > 60) throw new Error("the message did not become DEAD");
      await clock.sleep(30_000);
    }
  };
  const prepare = async () => {
    const { core } = current();
    const userId = await chargedUser(core);
    await chargePoints(core, { userId, amount: 100 });
    worker.isBrokerRefusing = true;
    await worker.start();
    await untilDead();
    return undefined;
  };
  const counts = () => current().core.outbox.counts(null);

  runbookCases({
    ...{ runbook, current, handlers, prepare },
    async read() {
      const { dead, pending } = await counts();
      return { dead, pending };
    },
    async disturb() {
      const { core } = current();
      const dead = (await current().messages()).map(({ id }) => id);
      const [first = 0] = dead.length > 1 ? dead : [1];
      await core.withTransaction((tx) => core.outboxAdmin.redrive(tx, [first, 1]));
      worker.isBrokerRefusing = false;
      await current().clock.sleep(5_000);
    },
    async expectDone() {
      expect(await counts()).to.include({ dead: 0, pending: 0 });
    },
  });

  it("is named by the findings, with the id of the message and the broker's error", async () => {
    await prepare();
    const found = await outboxFindings(current().core);
    const named = found.filter((one) => one.runbook === runbook).map(({ code }) => code);
    expect(named).to.deep.equal(["DEAD_MESSAGES", "MESSAGES_BLOCKED"]);
    const [dead] = found.filter(({ code }) => code === "DEAD_MESSAGES");
    expect(dead?.message).to.include("message 1, point-account.charged").and.include("too large");
  });

  it("stops until the cause is mended, and fails with the error when it is not", async () => {
    await prepare();
    const planned = await planRunbook(current().core, { runbook });
    expect(await runBook(current(), planned)).to.include({ status: "STOPPED" });
    const unmended = { manual: async () => true };
    const report = await runBook(current(), planned, { handlers: unmended });
    expect(report).to.include({ status: "FAILED", failedStep: "redrive" });
    const [untrue] = report.verifications.filter(({ holds }) => !holds);
    expect(untrue?.read).to.include("too large");
  });

  it("redrives a message that dies while a person mends the cause", async () => {
    const { core, clock } = current();
    const userId = await chargedUser(core);
    await chargePoints(core, { userId, amount: 100 });
    worker.isBrokerRefusing = true;
    await worker.start();
    await clock.sleep(2_000);
    expect(await counts()).to.include({ dead: 0, pending: 2 });
    const planned = await planRunbook(core, { runbook });
    const mends = {
      async manual() {
        await untilDead();
        worker.isBrokerRefusing = false;
        return true;
      },
    };
    expect(await runBook(current(), planned, { handlers: mends })).to.include({ status: "DONE" });
    expect(await counts()).to.include({ dead: 0, pending: 0 });
  });
});
