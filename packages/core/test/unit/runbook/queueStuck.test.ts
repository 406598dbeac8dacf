import { expect } from "chai";
import { createConcert } from "../../../src/catalog/createConcert.ts";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { joinQueue } from "../../../src/queue/joinQueue.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { codeOf, failureOf, newUserId } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { placesOf } from "../../support/queuePlaces.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";
import { useWorkerLoops } from "../../support/workerLoops.ts";

const runbook = "queue-stuck";

describe("the runbook queue-stuck", () => {
  // A killed run waits for the lease of its last run; admissions must outlive all these waits.
  const current = useMemoryQueue({ activationMs: 3_600_000, activeTtlMs: 3_600_000 });
  const worker = useWorkerLoops(current);
  const handlers = {
    async manual() {
      await worker.start();
      return false;
    },
  };

  runbookCases({
    runbook,
    current,
    handlers,
    read: placesOf(current),
    async prepare() {
      await current().promote();
      for (let n = 0; n < 3; n += 1) await current().join(newUserId());
      return undefined;
    },
    disturb: () => current().promote(),
    async expectDone() {
      expect(await current().stats()).to.include({ waitingCount: 0, activeCount: 3 });
    },
  });

  it("repeats the settings of MySQL when Redis has others", async () => {
    const { core } = current();
    const record = await core.admissions.findQueue(null, QUEUE_ID);
    if (!record) throw new Error("the queue exists");
    const { settings, settingsVersion } = record;
    await core.queue.configure(QUEUE_ID, { ...settings, activeCountMax: 2 }, settingsVersion);
    await current().join(newUserId());
    const planned = await planRunbook(core, { runbook });
    const report = await runBook(current(), planned, { handlers });
    expect(report.passed[0]).to.include({ step: "repeat-settings", result: "done" });
    expect(await current().stats()).to.deep.include({ settings: record.settings });
  });

  it("stops for a person when no worker starts, and the same job continues", async () => {
    await current().join(newUserId());
    const planned = await planRunbook(current().core, { runbook });
    const first = await runBook(current(), planned);
    expect(first).to.include({ status: "STOPPED" });
    expect(first.stopped).to.include({ reason: "operator" });
    expect(first.stopped?.detail).to.include("restart-worker").and.include("Restart the worker");
    const second = await runBook(current(), planned, { handlers });
    expect(second).to.include({ status: "DONE" });
    expect(second.passed.map(({ result }) => result)).to.deep.equal([
      ...["already", "done", "done", "already"],
    ]);
  });

  it("keeps its lease although MySQL does not answer during the work of a person", async () => {
    await current().join(newUserId());
    const planned = await planRunbook(current().core, { runbook });
    let restored: Promise<void> | undefined;
    const manual = async () => {
      await worker.start();
      current().loseCalls(/^mysql/);
      await current().clock.sleep(25_000);
      restored = current()
        .clock.sleep(5_000)
        .then(() => current().restoreCalls());
      return false;
    };
    const report = await runBook(current(), planned, { handlers: { manual } });
    await restored;
    expect(report).to.include({ status: "DONE" });
    expect(await current().core.leases.list("operation:")).to.deep.equal([]);
  });

  it("leaves out the steps before --from-step", async () => {
    await current().join(newUserId());
    const planned = await planRunbook(current().core, { runbook, fromStep: "3" });
    const report = await runBook(current(), planned, { handlers });
    expect(report).to.include({ status: "DONE", changed: 2 });
    expect(report.passed.map(({ step }) => step)).to.deep.equal(["restart-worker", "queue-moves"]);
  });

  it("is refused while Redis has no state of the queue", async () => {
    await current().join(newUserId());
    const planned = await planRunbook(current().core, { runbook });
    current().loseRedis();
    const failure = await failureOf(planRunbook(current().core, { runbook, subject: QUEUE_ID }));
    expect(codeOf(failure)).to.equal("RUNBOOK_PRECONDITION");
    const run = runBook(current(), planned, { handlers });
    expect(codeOf(await failureOf(run))).to.equal("RUNBOOK_PRECONDITION");
  });

  it("asks for the queue when several are affected", async () => {
    const { core } = current();
    await createConcert(core, { title: "Second", singer: "Ada", queueId: "second" });
    await configureQueue(core, { queueId: "second", settings: { activeCountMax: 10 } });
    const failure = await failureOf(planRunbook(core, { runbook }));
    expect(failure).to.have.property("message").that.includes("there are").and.includes("second");
    await joinQueue(core, { queueId: "second", userId: newUserId() });
    const one = await planRunbook(core, { runbook });
    expect(one.job.input).to.include({ subject: "second" });
    await current().join(newUserId());
    const both = await failureOf(planRunbook(core, { runbook }));
    expect(both).to.have.property("message").that.includes("affected are");
  });
});
