import { expect } from "chai";
import { loadFindings } from "../../../src/diagnosis/loadFindings.ts";
import type { ManualRequest } from "../../../src/runbook/runbookStep.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { busyServers } from "../../support/busyServers.ts";
import { chargedUser, makeSale, newUserId, paid } from "../../support/fixtures.ts";
import { plantDamage } from "../../support/memoryInvariantFixture.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";
import { useWorkerLoops } from "../../support/workerLoops.ts";

const runbook = "mysql-failover";
const subject = QUEUE_ID;

describe("the runbook mysql-failover", () => {
  const opened = useMemoryQueue(
    { activationMs: 3_600_000, activeTtlMs: 3_600_000 },
    { isDamaged: true },
  );
  const servers = busyServers(opened);
  const { current } = servers;
  const worker = useWorkerLoops(opened);
  const handlers = {
    async manual({ step }: ManualRequest) {
      if (step.name === "fail-over") servers.load = {};
      if (step.name === "reconnect") await worker.start();
      return false;
    },
  };
  const modeOf = async () => (await opened().stats()).settings.mode;
  const prepare = async () => {
    const { core } = opened();
    await opened().promote();
    const { seatIds } = await makeSale(core, 1);
    await paid(core, await chargedUser(core), seatIds);
    await opened().join(newUserId());
    servers.load = { isReadOnly: true };
    const [found] = await loadFindings(current().core);
    expect(found).to.include({ code: "SERVER_READ_ONLY", runbook });
    return subject;
  };

  runbookCases({
    ...{ runbook, current, handlers, prepare, read: modeOf },
    async disturb() {
      servers.load = {};
    },
    async expectDone() {
      expect(await modeOf()).to.equal("open");
      expect(await opened().stats()).to.include({ waitingCount: 0, activeCount: 1 });
    },
  });

  it("goes on when MySQL does not answer during the failover", async () => {
    await prepare();
    const planned = await planRunbook(current().core, { runbook, subject });
    let restored: Promise<void> | undefined;
    const manual = async (request: ManualRequest) => {
      await handlers.manual(request);
      if (request.step.name !== "fail-over") return false;
      opened().loseCalls(/^mysql/);
      restored = opened()
        .clock.sleep(60_000)
        .then(() => opened().restoreCalls());
      await opened().clock.sleep(50_000);
      return false;
    };
    const report = await runBook(current(), planned, { handlers: { manual } });
    await restored;
    expect(report).to.include({ status: "DONE" });
  });

  it("stays paused when the new server lacks a part of the data", async () => {
    await prepare();
    const planned = await planRunbook(current().core, { runbook, subject });
    const manual = async (request: ManualRequest) => {
      if (request.step.name === "fail-over") {
        await plantDamage(opened().servers, ({ remove }) => remove("payments", {}));
      }
      return handlers.manual(request);
    };
    const report = await runBook(current(), planned, { handlers: { manual } });
    expect(report).to.include({ status: "FAILED", failedStep: "data-is-right" });
    expect(await modeOf()).to.equal("paused");
  });
});
