import { expect } from "chai";
import { planUndo } from "../../../src/operations/undoOperation.ts";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { leaveQueue } from "../../../src/queue/leaveQueue.ts";
import type { ManualRequest } from "../../../src/runbook/runbookStep.ts";
import { planRunbook, runRunbook } from "../../../src/runbook/runRunbook.ts";
import { codeOf, failureOf, newUserId } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { operationCases, runPlanned } from "../../support/operationCases.ts";
import { placesOf } from "../../support/queuePlaces.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";
import { useWorkerLoops } from "../../support/workerLoops.ts";

const runbook = "sale-pause-resume";
const queueId = QUEUE_ID;

describe("the runbook sale-pause-resume", () => {
  const current = useMemoryQueue({ activationMs: 60_000 });
  const worker = useWorkerLoops(current);
  const asked: string[] = [];
  const handlers = {
    async manual({ step }: ManualRequest) {
      asked.push(step.name);
      return true;
    },
  };
  const modeOf = async () =>
    (await current().core.admissions.findQueue(null, queueId))?.settings.mode;
  const prepare = async () => {
    asked.length = 0;
    const { userId } = await current().admitted(newUserId());
    await leaveQueue(current().core, { queueId, userId });
    await worker.start();
    return queueId;
  };
  const plan = async () => planRunbook(current().core, { runbook, subject: await prepare() });

  runbookCases({
    ...{ runbook, current, handlers, prepare },
    read: placesOf(current),
    disturb: () => configureQueue(current().core, { queueId, settings: { mode: "paused" } }),
    async expectDone() {
      expect(await modeOf()).to.equal("open");
      expect(asked).to.include("work");
    },
  });

  it("does not plan as done what its own pause undoes", async () => {
    const { plan: planned } = await plan();
    const stateOf = (name: string) =>
      planned.sample.find((line) => line.startsWith(`${name} `))?.replace(/^.*: /, "");
    expect(stateOf("pause")).to.equal("to do");
    expect(stateOf("resume")).to.equal("true now, read again when its turn comes");
    await configureQueue(current().core, { queueId, settings: { mode: "paused" } });
    const { plan: paused } = await planRunbook(current().core, { runbook, subject: queueId });
    expect(paused.sample[0]).to.match(/: true already$/);
  });

  it("waits until no buyer is active, and admits none meanwhile", async () => {
    const planned = await plan();
    await current().admitted(newUserId());
    const report = await runBook(current(), planned, { handlers, timeoutMs: 10_000 });
    expect(report).to.include({ status: "STOPPED", changed: 1 });
    await current().join(newUserId());
    const later = await runBook(current(), planned, { handlers });
    expect(later).to.include({ status: "DONE" });
    const [, , work] = later.passed;
    expect(work).to.include({ step: "work", result: "acknowledged" });
    expect(await current().stats()).to.include({ waitingCount: 0, activeCount: 1 });
  });

  it("asks for no work while an operator has opened the queue again", async () => {
    const planned = await plan();
    await current().admitted(newUserId());
    await runBook(current(), planned, { handlers, timeoutMs: 10_000 });
    await configureQueue(current().core, { queueId, settings: { mode: "open" } });
    current().clock.pass(current().core.config.queue.activeTtlMs);
    const opened = await runBook(current(), planned, { handlers });
    expect(opened.stopped?.detail).to.match(/queue is paused and no buyer is active.*open/);
    expect(asked).to.deep.equal([]);
    await configureQueue(current().core, { queueId, settings: { mode: "paused" } });
    expect(await runBook(current(), planned, { handlers })).to.include({ status: "DONE" });
  });

  it("refuses a job id with another queue or another first step", async () => {
    const { job } = await plan();
    const operator = { name: "mina", host: "ops-1", command: "onsale" };
    const run = (request: object, jobId = job.id) =>
      runRunbook(current().core, { jobId, request: { runbook, ...request }, operator, handlers });
    for (const request of [{ subject: "other" }, { fromStep: "resume" }]) {
      expect(codeOf(await failureOf(run(request)))).to.equal("JOB_MISMATCH");
    }
    expect(codeOf(await failureOf(run({ fromStep: "7th" })))).to.equal("INVALID_INPUT");
    expect(await modeOf()).to.equal("open");
    expect(await run({ subject: queueId, fromStep: undefined })).to.include({ status: "DONE" });
    const request = { runbook, subject: queueId, fromStep: "resume" };
    const { job: later } = await planRunbook(current().core, request);
    expect(await run({ fromStep: "5" }, later.id)).to.include({ status: "DONE" });
  });

  it("halts before the queue is opened when no worker could admit buyers", async () => {
    const planned = await plan();
    const stopWorker = async () => {
      await worker.stop();
      current().clock.pass(11_000);
      return true;
    };
    const report = await runBook(current(), planned, { handlers: { manual: stopWorker } });
    expect(report).to.include({ status: "FAILED", failedStep: "worker-ready" });
    expect(report.verifications).to.have.length(1);
    expect(report.verifications[0]).to.include({ holds: false });
    expect(await modeOf()).to.equal("paused");
    const again = runBook(current(), planned, { handlers });
    expect(codeOf(await failureOf(again))).to.equal("JOB_FAILED");
    const undo = await planUndo(current().core, report.auditId ?? 0);
    expect(await runPlanned(current(), undo)).to.include({ status: "DONE", changed: 1 });
    expect(await modeOf()).to.equal("open");
  });

  it("goes on with a new run from the step that failed", async () => {
    const planned = await plan();
    const stopWorker = async () => {
      await worker.stop();
      current().clock.pass(11_000);
      return true;
    };
    await runBook(current(), planned, { handlers: { manual: stopWorker } });
    await worker.start();
    const next = await planRunbook(current().core, { runbook, fromStep: "worker-ready" });
    expect(await runBook(current(), next, { handlers })).to.include({ status: "DONE", changed: 3 });
    expect(await modeOf()).to.equal("open");
  });

  it("is rolled back by the undo of its audit record, and does not continue then", async () => {
    const planned = await plan();
    const stopped = await runBook(current(), planned);
    expect(stopped).to.include({ status: "STOPPED" });
    expect(await modeOf()).to.equal("paused");
    const undo = await planUndo(current().core, stopped.auditId ?? 0);
    expect(undo.plan.sample).to.have.length(1);
    expect(await modeOf()).to.equal("paused");
    const undone = await runPlanned(current(), undo);
    expect(undone.verifications.filter(({ holds }) => !holds)).to.deep.equal([]);
    expect(undone).to.include({ status: "DONE", changed: 1 });
    expect(await modeOf()).to.equal("open");
    const again = runBook(current(), planned, { handlers });
    expect(codeOf(await failureOf(again))).to.equal("JOB_FAILED");
    const second = planUndo(current().core, stopped.auditId ?? 0);
    expect(codeOf(await failureOf(second))).to.equal("CANNOT_UNDO");
  });

  it("is rolled back without the step that an operator has undone already", async () => {
    const stopped = await runBook(current(), await plan());
    const { core } = current();
    const [step] = await core.operations.listAudit(null, { operation: "queue.configure", max: 1 });
    const undone = await runPlanned(current(), await planUndo(core, step?.id ?? 0));
    const { plan: rollBack } = await planUndo(core, stopped.auditId ?? 0);
    expect(rollBack).to.include({ count: 0, hasEffect: true });
    expect(rollBack.notes.join(" ")).to.include(`audit record ${undone.auditId} undid it already`);
    await runPlanned(current(), await planUndo(core, stopped.auditId ?? 0));
    const { plan: again } = await planUndo(core, stopped.auditId ?? 0);
    expect(again).to.include({ count: 0, hasEffect: false });
  });

  it("leaves nothing to undo in a step that its rollback has reverted", async () => {
    const stopped = await runBook(current(), await plan());
    const { core } = current();
    const [step] = await core.operations.listAudit(null, { operation: "queue.configure", max: 1 });
    await runPlanned(current(), await planUndo(core, stopped.auditId ?? 0));
    expect(codeOf(await failureOf(planUndo(core, step?.id ?? 0)))).to.equal("CANNOT_UNDO");
  });

  it("lets one of two operators run it", async () => {
    const planned = await plan();
    const { core } = current();
    const both = await Promise.allSettled([
      runBook({ core }, planned, { handlers }),
      runBook({ core: current().another() }, planned, { handlers }),
    ]);
    const ran = both.filter((one) => one.status === "fulfilled" && !one.value.isRepetition);
    expect(ran).to.have.length(1);
    expect(await modeOf()).to.equal("open");
  });
});

describe("runbook.rollBack", () => {
  const current = useMemoryQueue();
  let jobId = "";

  operationCases({
    operation: "runbook.rollBack",
    current,
    read: placesOf(current),
    async prepare() {
      await current().promote();
      const planned = await planRunbook(current().core, { runbook, subject: queueId });
      jobId = planned.job.id;
      expect(await runBook(current(), planned)).to.include({ status: "STOPPED" });
      return { jobId };
    },
    disturb: () =>
      runRunbook(current().core, {
        ...{ jobId, operator: { name: "jun", host: "ops-2", command: "onsale" } },
        handlers: { manual: async () => true },
      }),
    async expectDone() {
      const { core } = current();
      expect((await core.admissions.findQueue(null, queueId))?.settings.mode).to.equal("open");
      expect(await core.operations.findJob(null, jobId)).to.include({ status: "FAILED" });
    },
  });
});
