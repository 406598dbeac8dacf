import { expect } from "chai";
import { planUndo } from "../../../src/operations/undoOperation.ts";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import type { ManualRequest } from "../../../src/runbook/runbookStep.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { chargedUser, newUserId } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { runPlanned } from "../../support/operationCases.ts";
import { placesOf } from "../../support/queuePlaces.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";
import { useWorkerLoops } from "../../support/workerLoops.ts";

const runbook = "graceful-deploy";
const queueId = QUEUE_ID;

describe("the runbook graceful-deploy", () => {
  const current = useMemoryQueue({ activationMs: 3_600_000, activeTtlMs: 3_600_000 });
  const worker = useWorkerLoops(current);
  const handlers = {
    async manual({ step }: ManualRequest) {
      if (step.name === "roll-workers") {
        await worker.stop();
        await worker.start();
        await current().join(newUserId());
      }
      return step.name === "roll-api";
    },
  };
  const modeOf = async () =>
    (await current().core.admissions.findQueue(null, queueId))?.settings.mode;
  const prepare = async () => {
    await current().admitted(newUserId());
    await worker.start();
    return queueId;
  };

  runbookCases({
    ...{ runbook, current, handlers, prepare, read: placesOf(current) },
    disturb: () => configureQueue(current().core, { queueId, settings: { mode: "paused" } }),
    async expectDone() {
      expect(await modeOf()).to.equal("open");
      expect(await current().stats()).to.include({ waitingCount: 0 });
    },
  });

  it("stays paused while an old worker runs, and its undo opens the queue", async () => {
    await prepare();
    const planned = await planRunbook(current().core, { runbook });
    const report = await runBook(current(), planned);
    expect(report).to.include({ status: "STOPPED" });
    expect(report.stopped?.detail).to.include("roll-workers").and.include("1 live workers, 1 old");
    expect(await modeOf()).to.equal("paused");
    const undo = await planUndo(current().core, report.auditId ?? 0);
    expect(await runPlanned(current(), undo)).to.include({ status: "DONE" });
    expect(await modeOf()).to.equal("open");
  });

  it("halts before any change when the queue is paused, and during an incident", async () => {
    await prepare();
    await configureQueue(current().core, { queueId, settings: { mode: "paused" } });
    const refused = await planRunbook(current().core, { runbook });
    expect(await runBook(current(), refused)).to.include({ failedStep: "queue-open" });
    await configureQueue(current().core, { queueId, settings: { mode: "open" } });
    worker.isBrokerDown = true;
    await chargedUser(current().core);
    current().clock.pass(31_000);
    const planned = await planRunbook(current().core, { runbook });
    const report = await runBook(current(), planned, { handlers });
    worker.isBrokerDown = false;
    expect(report).to.include({ status: "FAILED", failedStep: "no-backlog" });
    expect(await modeOf()).to.equal("open");
  });
});
